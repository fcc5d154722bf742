"""A large act of an administrator on its way into the log."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from application.bulk import Bulk
from application.envelope import Asked, Fact, decided, rows
from application.imports.people.settled import Piece
from application.ports.log import Appended, CommandKey, Staged, Unmoved
from application.states import Snapshot
from domain.access.administration import Administration
from domain.directory.person import Person
from domain.kernel.events import Authority
from domain.kernel.identifiers import PersonId

AUTHORITY = "primary administrator"


class NotAllowed(Exception):
    """Whoever asks doesn't administer the whole organisation."""


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
