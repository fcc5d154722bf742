"""The use case: a table of people is compared with the organisation, and applied as one act, all or nothing."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec

from application.bulk import Bulk, Contested
from application.envelope import Asked, Fact, decided, rows
from application.imports.people.chart import Chart
from application.imports.people.entries import Entries, Entry
from application.imports.people.faults import Faults, Faulty
from application.imports.people.passing import Passing
from application.imports.people.present import Present
from application.imports.people.saying import Said
from application.imports.people.settled import Piece, Settling
from application.imports.people.table import Columns, NoHeader, Table
from application.ports.keys import Pseudonyms
from application.ports.log import Appended, CommandKey, Staged, Unmoved
from application.states import Snapshot
from domain.access.administration import Administration
from domain.directory.events.importing import OrganisationImported
from domain.directory.ids import OrganisationImportId
from domain.directory.importing import OrganisationImport
from domain.directory.person import Person
from domain.kernel.events import Authority, Context
from domain.kernel.identifiers import PersonId

KINDS = ("directory.department", "directory.person", "directory.membership", "directory.reporting")
"""What the comparison rests on: nothing of it may change until the act is written."""
AUTHORITY = "primary administrator"
ATTEMPTS = 3


class Options(NamedTuple):
    """How a table is taken. `columns`: headers by field; `leavers`: whether who isn't in it is offboarded, and how long that
    can be undone; `seconds` that the log may be held for."""

    columns: dict[str, str]
    leavers: bool = True
    undo: timedelta = timedelta(days=30)
    seconds: float = 5.0


class NotAllowed(Exception):
    """Whoever asks doesn't administer the whole organisation."""


class Difference(msgspec.Struct):
    """What applying a table changes, or has changed."""

    rows: int = 0
    counts: Counter[Literal["joins", "moves", "changes", "leaves"]] = msgspec.field(default_factory=Counter)
    departments: int = 0
    events: int = 0
    said: list[Said] = msgspec.field(default_factory=list)
    ignored: list[str] = msgspec.field(default_factory=list)
    act: UUID | None = None

    def take(self, piece: Piece, most: int) -> None:
        """Adds a piece; at most so many people are listed."""
        self.events += len(piece.events)
        self.departments += piece.departments
        for each in piece.said:
            self.counts[each.turn] += 1
            if len(self.said) < most:
                self.said.append(each)


Told = Callable[[str, int, int], None]
"""Hears what is being done, how far it is, and of how much."""


class PeopleImport(NamedTuple):
    """Brings a table of people into one organisation."""

    bulk: Bulk
    present: Present
    pseudonyms: Pseudonyms

    async def compare(self, table: Table, options: Options, told: Told, most: int = 1_000) -> Difference:
        """What applying the table would change. Raises ImportRefused (Faulty), LogUnavailable."""
        chart, difference = await self._chart(table, options, told)
        async for piece in self._pieces(chart, options, told):
            difference.take(piece, most)
        return difference

    async def apply(self, table: Table, options: Options, by: PersonId, told: Told, most: int = 1_000) -> Difference:
        """Applies the table in the name of an administrator. Without any difference nothing is written.

        Raises NotAllowed, Contested, KeyWithheld, ImportRefused (Faulty), and what a staged append raises.
        """
        for _ in range(ATTEMPTS):
            chart, difference = await self._chart(table, options, told)
            allowed = await standing(self.bulk, by)
            act = OrganisationImportId(self.bulk.new_id())
            asked = Asked(by, act, Context(client="onrecord import people"))
            async with self.bulk.writer.stage(options.seconds) as staged:
                writing = Writing(self.bulk, staged, asked, allowed)
                async for piece in self._pieces(chart, options, told):
                    difference.take(piece, most)
                    await writing.add(piece)
                if not difference.events:
                    return difference
                await writing.add(_recorded(act, table, difference))
                told("writing", 0, 0)
                if await writing.append(table.digest, Unmoved(KINDS, chart.here.position)):
                    difference.act = act
                    return difference
        raise Contested("the organisation kept changing while it was compared")

    async def _chart(self, table: Table, options: Options, told: Told) -> tuple[Chart, Difference]:
        faults, lines = Faults(), table.rows()
        try:
            _, header = next(lines)
        except StopIteration:
            raise NoHeader(table.name, "it is empty") from None
        columns = Columns(table.name, header, options.columns)
        reading = Entries(table, columns, faults)
        entries: list[Entry] = list(reading.read(lines, lambda count: told("reading", count, 0)))
        here = await self.present.here()
        chart = Chart(entries, columns, here, self.pseudonyms, faults)
        chart.draw(reading.coded)
        if faults.count:
            raise Faulty(table.name, faults)
        return chart, Difference(rows=len(entries), ignored=columns.ignored)

    async def _pieces(self, chart: Chart, options: Options, told: Told) -> AsyncIterator[Piece]:
        keys = Passing(self.bulk.keys)
        settling = Settling(chart, self.present, self.bulk.reader, self.bulk.codec, keys)
        until = self.bulk.clock() + options.undo
        done = 0
        async for piece in settling.pieces(leavers=options.leavers, undo_until=until):
            yield piece
            done = min(done + len(piece.versions), 1 << 40)
            told("comparing", done, 0)


class Writing:
    """An act on its way into the staging tables: sealed and encoded piece by piece."""

    def __init__(self, bulk: Bulk, staged: Staged, asked: Asked, allowed: "Standing") -> None:
        self._bulk, self._staged, self._asked, self._allowed = bulk, staged, asked, allowed
        self._context = decided(asked.context, authority=Authority(AUTHORITY, tuple(allowed.guards)))

    async def add(self, piece: Piece) -> None:
        """Adds a piece. Raises KeyWithheld, and what Staged.add raises."""
        if not piece.events:
            return
        now = self._bulk.clock()
        happened = [Fact(stream, event) for stream, event in piece.events]
        sealing = await self._bulk.seal(happened, now)
        facts = [*(Fact(stream, event) for stream, event in sealing.events), *happened]
        versions = {**piece.versions, **sealing.guards}
        made = rows(facts, versions, self._asked, self._context, sealing, self._bulk.codec, self._bulk.new_id, now)
        await self._staged.add(made, sealing.created)
        for key in sealing.find.values():
            self._bulk.keys.forget(key.id)

    async def append(self, digest: bytes, unmoved: Unmoved) -> bool:
        """Writes it; False where it has to be compared anew."""
        command = CommandKey(self._asked.actor, self._asked.command_id, digest)
        return isinstance(await self._staged.append(command, self._allowed.guards, unmoved), Appended)


class Standing(NamedTuple):
    """By what somebody may do it: the streams, with their versions."""

    guards: dict[str, int]


async def standing(bulk: Bulk, person: PersonId) -> Standing:
    """The standing of a primary administrator. Raises NotAllowed."""
    snapshot = Snapshot(bulk.reader.streams, bulk.codec, bulk.keys)
    wanted: Sequence[type[Any]] = (Person, Administration)
    await snapshot.load({(kind, kind.at(person).stream) for kind in wanted})
    match [snapshot.states[kind.at(person).stream] for kind in wanted]:
        case [Person(status="active"), Administration(primary=True)]:
            return Standing({stream: state.version for stream, state in snapshot.states.items()})
        case _:
            raise NotAllowed(f"{person} doesn't administer the whole organisation")


def _recorded(act: OrganisationImportId, table: Table, difference: Difference) -> Piece:
    state, counts = OrganisationImport.at(act), difference.counts
    imported = OrganisationImported(
        digest=table.digest.hex(),
        joined=counts["joins"],
        moved=counts["moves"],
        changed=counts["changes"],
        left=counts["leaves"],
        departments=difference.departments,
    )
    return Piece(state.records(imported), {state.stream: 0}, ())
