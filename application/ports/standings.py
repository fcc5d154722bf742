"""Who takes part no longer, as the log says it: for every process that has let somebody in."""

from typing import NamedTuple, Protocol

from domain.kernel.identifiers import PersonId


class Turn(NamedTuple):
    """Somebody takes part from now on, or no longer."""

    person: PersonId
    active: bool


class Standings(Protocol):
    """Reads what has become of people. Every method raises ReadUnavailable, ReadTooLong.

    `wires`: the types of the events that say so.
    """

    wires: frozenset[str]

    async def ended(self) -> tuple[int, frozenset[PersonId]]:
        """Who doesn't take part, and as of which position."""
        ...

    async def after(self, position: int) -> tuple[int, list[Turn]]:
        """What has become of people after a position, in order, and how far that was read: to the log's end, or a page."""
        ...
