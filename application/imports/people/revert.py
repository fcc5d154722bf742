"""Taking an import back: everything that it changed becomes as it was before, as one act that is itself on record."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from application.bulk import Bulk, Contested
from application.envelope import Asked
from application.imports.people.act import KINDS
from application.imports.people.footing import Footing, NotReverted
from application.imports.people.passing import Passing, States
from application.imports.people.settled import PIECE, Piece
from application.imports.people.writing import Writing, standing
from application.ports.log import Unmoved
from application.states import Snapshot, decode, kind_of
from domain.directory import settling
from domain.directory.department import Department
from domain.directory.events.importing import OrganisationImportReverted
from domain.directory.events.membership import DepartmentJoined
from domain.directory.events.post import PostAssigned
from domain.directory.ids import OrganisationImportId
from domain.directory.importing import OrganisationImport
from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person
from domain.directory.post import Holding, Post
from domain.directory.reporting import ReportingLine
from domain.kernel.events import Context, Event, Recorded
from domain.kernel.identifiers import PersonId
from domain.kernel.states import NOTHING, Events, State

PAGE = 5_000


class Reverting(NamedTuple):
    """Takes imports back in one organisation."""

    bulk: Bulk

    async def revert(self, act: UUID, by: PersonId, seconds: float = 5.0) -> int:
        """How many streams are as before.

        Raises NotReverted, NotAllowed, Contested, KeyWithheld, and what a staged append raises.
        """
        import_ = OrganisationImport.at(OrganisationImportId(act))
        allowed = await standing(self.bulk, by)
        first, last = await self._span(act, import_.stream)
        position = await self.bulk.reader.head()
        asked = Asked(by, self.bulk.new_id(), Context(client="onrecord import revert"), causation_id=act)
        keys, footing = Passing(self.bulk.keys), Footing()
        async with self.bulk.writer.stage(seconds) as staged:
            writing, count = Writing(self.bulk, staged, asked, allowed), 0
            streams = await self._streams(first, last, act)
            for start in range(0, len(streams), PIECE):
                piece = await self._before(streams[start : start + PIECE], first, last, keys, footing)
                await writing.add(piece)
                count += len(piece.versions)
                keys.done()
            await footing.check(lambda: States(Snapshot(self.bulk.reader.streams, self.bulk.codec, keys)))
            keys.done()
            reverted = OrganisationImportReverted(streams=count)
            await writing.add(Piece(import_.records(reverted), {import_.stream: 1}, ()))
            if await writing.append(asked.command_id.bytes * 2, Unmoved(KINDS, position)):
                return count
        raise Contested("the organisation changed while the import was taken back; try again")

    async def _span(self, act: UUID, stream: str) -> tuple[int, int]:
        """The first and last position of the import."""
        found = (await self.bulk.reader.streams([stream]))[stream]
        if not found:
            raise NotReverted("there is no import with this id")
        if len(found) > 1:
            raise NotReverted("it was taken back already")
        last = first = found[0].position
        while rows := await self.bulk.reader.read(max(0, first - 1 - PAGE), PAGE, first - 1):
            own = [row.position for row in rows if row.command_id == act]
            if not own:
                break
            first = own[0]
            if own[0] > rows[0].position:
                break
        return first, last

    async def _streams(self, first: int, last: int, act: UUID) -> list[str]:
        """The streams of the directory that it changed; those of departments in the order from the deepest upwards."""
        found: dict[str, None] = {}
        after = first - 1
        while after < last and (rows := await self.bulk.reader.read(after, PAGE, last)):
            after = rows[-1].position
            found.update((row.stream, None) for row in rows if row.command_id == act and row.stream.partition("/")[0] in KINDS)
        return list(reversed(found))

    async def _before(self, streams: Sequence[str], first: int, last: int, keys: Passing, footing: Footing) -> Piece:
        rows = await self.bulk.reader.streams(streams)
        for stream in streams:
            if rows[stream][-1].position > last:
                raise NotReverted(f"{stream} has changed since, at position {rows[stream][-1].position}")
        told: dict[str, list[Recorded[Event]]] = {stream: [] for stream in streams}
        for recorded in await decode((row for stream in streams for row in rows[stream]), self.bulk.codec, keys):
            told[recorded.stream].append(recorded)
        events: Events = NOTHING
        versions: dict[str, int] = {}
        for stream, history in told.items():
            now = _folded(stream, history)
            then = _folded(stream, [each for each in history if each.position < first])
            versions[stream] = now.version
            footing.note(now, then, history[0].event)
            events += _settled(now, then, history[0].event)
        return Piece(events, versions, ())


def _folded(stream: str, history: Sequence[Recorded[Event]]) -> State[Any]:
    state: State[Any] = kind_of(stream)(stream=stream)
    for each in history:
        state = state.after(each.event)
    return state


def _settled(now: State[Any], then: State[Any], first: Event) -> Events:
    match now, then:
        case Person(), Person():
            return settling.settle_person(now, then)
        case Department(), Department():
            return settling.settle_department(now, then)
        case ReportingLine(), ReportingLine():
            return settling.settle_line(now, then)
        case DepartmentMembership(), DepartmentMembership() if isinstance(first, DepartmentJoined):
            return settling.settle_membership(now, then, first.department, first.person)
        case Post(), Post():
            return settling.settle_post(now, then)
        case Holding(), Holding() if isinstance(first, PostAssigned):
            return settling.settle_holding(now, then, first.post, first.person)
        case _:
            raise NotReverted(f"{now.stream} can't be taken back")
