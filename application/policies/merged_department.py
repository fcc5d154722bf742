"""What was a merged department's goes where it goes: its members and its channels. What is below it stays below it."""

from collections.abc import AsyncIterator

from application.policies.declaration import policy
from application.ports.directory import Departments
from domain.directory.commands.department import FollowMerge
from domain.directory.events.department import DepartmentMerged
from domain.directory.ids import DepartmentId
from domain.kernel.events import Recorded
from domain.messaging.commands.channel import MoveChannel


@policy
async def members_follow_a_merge(merged: Recorded[DepartmentMerged], departments: Departments) -> AsyncIterator[FollowMerge]:
    """They belong to what it became, and first of all where it was their first."""
    department = DepartmentId(merged.thing)
    for person in await departments.members(department, merged.position):
        yield FollowMerge(department=department, person=person)


@policy
async def channels_follow_a_merge(merged: Recorded[DepartmentMerged], departments: Departments) -> AsyncIterator[MoveChannel]:
    """What was said there stays to be read, by the members of what it became."""
    for channel in await departments.channels(DepartmentId(merged.thing), merged.position):
        yield MoveChannel(channel=channel, department=merged.event.into)
