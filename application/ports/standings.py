"""Who takes part no longer, as the log says it: for every process that has let somebody in."""

from typing import NamedTuple, Protocol

from domain.kernel.identifiers import PersonId


class Turn(NamedTuple):
    """Somebody takes part from now on, or no longer."""

    person: PersonId
    active: bool


class News(NamedTuple):
    """What has become of people, in order, how far that was read, and whether anything came that makes people what they are."""

    position: int
    turns: list[Turn]
    makes: bool


class Standings(Protocol):
    """Reads what has become of people. Every method raises ReadUnavailable, ReadTooLong.

    `wires`: the types of the events that say so. `makes`: those of the events that may make people what they weren't: guests,
    administrators, holders of grants.
    """

    wires: frozenset[str]
    makes: frozenset[str]

    async def ended(self) -> tuple[int, frozenset[PersonId]]:
        """Who doesn't take part, and as of which position."""
        ...

    async def after(self, position: int) -> News:
        """What has become of people after a position: to the log's end, or of a page."""
        ...
