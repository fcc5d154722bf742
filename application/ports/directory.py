"""What policies ask about departments and leavers, as it was at a position: so that they answer the same whenever asked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.directory.ids import DepartmentId
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

    async def keepers_of_left_behind(self, department: DepartmentId, position: int, moment: datetime) -> Sequence[PersonId]:
        """Administrators who may revoke a grant that is to it or within it and hasn't ended by a moment, in the order of their
        ids; nobody where there is none."""
        ...


class Belongings(Protocol):
    """What is somebody's and must be somebody's. Raises LogUnavailable where that isn't known yet."""

    async def channels(self, person: PersonId, position: int) -> Sequence[ChannelId]:
        """The channels that they keep and nobody else does who is here, in the order of their ids."""
        ...

    async def channels_taken_over(self, predecessor: PersonId, position: int) -> Sequence[tuple[ChannelId, PersonId]]:
        """The channels that others keep in their place, and who does."""
        ...
