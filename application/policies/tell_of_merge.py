"""Whoever administers what a merge left behind is told of it."""

from collections.abc import AsyncIterator

from application.policies.declaration import policy
from application.ports.directory import Departments
from domain.directory.events.department import DepartmentMerged
from domain.directory.ids import DepartmentId
from domain.kernel.events import Recorded
from domain.notifications.commands.notification import TOGETHER, NotifyPeople


@policy
async def tell_of_merge(merged: Recorded[DepartmentMerged], departments: Departments) -> AsyncIterator[NotifyPeople]:
    """Whoever merged it too: they see departments then, not what was granted. Where no grant was left behind, nobody is told."""
    department = DepartmentId(merged.thing)
    people = await departments.keepers_of_left_behind(department, merged.position, merged.recorded_at)
    for start in range(0, len(people), TOGETHER):
        yield NotifyPeople(
            people=tuple(people[start : start + TOGETHER]),
            kind="left_behind",
            thing_kind="department",
            thing=department,
            by=merged.actor,
        )
