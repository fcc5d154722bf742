"""The organisation as it is here before an import: what a table is compared with."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from domain.directory.ids import DepartmentId, PostId
from domain.kernel.identifiers import PersonId


class Place(NamedTuple):
    """A department: what it is called, what is above it, and whether it takes anybody in."""

    name: str
    parent: DepartmentId | None
    open: bool


class Position(NamedTuple):
    """A post: what it is called, whose it is, None for the whole organisation, and whether anybody is given it."""

    name: str
    department: DepartmentId | None
    open: bool


class Here(NamedTuple):
    """What is here, as of a position.

    `by_number` and `by_email` (in lower case) find people, None where several have the same; `staff` are the employees and
    contractors who haven't left; `administrators` administer the whole organisation; `managers` say who reports to whom;
    `left` are those who were here.
    """

    position: int
    departments: Mapping[DepartmentId, Place]
    by_number: Mapping[str, PersonId | None]
    by_email: Mapping[str, PersonId | None]
    staff: frozenset[PersonId]
    administrators: frozenset[PersonId]
    managers: Mapping[PersonId, PersonId]
    posts: Mapping[PostId, Position]
    left: frozenset[PersonId]


class Present(Protocol):
    """Reads what is here."""

    async def here(self) -> Here:
        """All of it, level with the log. Raises LogUnavailable."""
        ...

    async def memberships(self, people: Sequence[PersonId]) -> Mapping[PersonId, Sequence[DepartmentId]]:
        """The departments that these people belong to. Raises LogUnavailable."""
        ...

    async def holdings(self, people: Sequence[PersonId]) -> Mapping[PersonId, Sequence[PostId]]:
        """The posts that these people hold. Raises LogUnavailable."""
        ...
