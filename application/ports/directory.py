"""What policies ask about the directory, as it was at a position: so that they answer the same whenever they are asked."""

from collections.abc import Sequence
from typing import Protocol

from domain.directory.events import DepartmentId
from domain.kernel.identifiers import PersonId
from domain.messaging.ids import ChannelId


class Departments(Protocol):
    """Who belongs to departments, and which channels they have. Raises LogUnavailable where that isn't known yet."""

    async def members(self, department: DepartmentId, position: int) -> Sequence[PersonId]:
        """Those who belong to it, in the order of their ids."""
        ...

    async def channels(self, department: DepartmentId, position: int) -> Sequence[ChannelId]:
        """Its channels, in the order of their ids."""
        ...
