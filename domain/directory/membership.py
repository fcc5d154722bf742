"""Who belongs to a department, who leads it, and which department is somebody's first. Who may decide is said in access."""

from datetime import datetime
from typing import Annotated, assert_never

from msgspec.structs import replace

from domain.directory.commands.department import FollowMerge
from domain.directory.commands.membership import AppointLeader, DismissLeader, JoinDepartment, LeaveDepartment
from domain.directory.department import Department, DepartmentIsClosed
from domain.directory.events.membership import (
    DepartmentJoined,
    DepartmentLeft,
    DepartmentMembershipEvent,
    LeaderAppointed,
    LeaderDismissed,
)
from domain.directory.events.person import PrimaryDepartmentChanged
from domain.directory.ids import DepartmentId
from domain.directory.person import HasLeft, Person
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.refusals import Refusal
from domain.kernel.states import NOTHING, Events, Maybe, State


class DepartmentMembership(State[DepartmentMembershipEvent], kind="directory.membership", key=(DepartmentId, PersonId)):
    """Whether and since when somebody belongs to a department, and whether they lead it. Which one is their first is a fact of
    the person."""

    active: bool = False
    leader: bool = False
    since: datetime | None = None

    def after(self, event: DepartmentMembershipEvent, position: int = 0, at: datetime | None = None) -> "DepartmentMembership":
        then = super().after(event, position, at)
        return replace(then, since=at) if isinstance(event, DepartmentJoined) else then

    def evolve(self, event: DepartmentMembershipEvent) -> "DepartmentMembership":
        match event:
            case DepartmentJoined():
                return replace(self, active=True)
            case DepartmentLeft():
                return replace(self, active=False, leader=False)
            case LeaderAppointed():
                return replace(self, leader=True)
            case LeaderDismissed():
                return replace(self, leader=False)
            case _:
                assert_never(event)


class NotInDepartment(Refusal, frozen=True):
    """Only who belongs to a department can lead it."""

    department: Annotated[DepartmentId, "The department."]
    person: Annotated[PersonId, "Who does not belong to it."]


def join(
    command: JoinDepartment,
    department: Department,
    person: Person,
    membership: Maybe[DepartmentMembership] = by("department", "person"),
) -> Events | DepartmentIsClosed | HasLeft:
    joins = not membership.active
    becomes_primary = command.primary and person.primary != command.department
    if (joins or becomes_primary) and not department.open:
        return DepartmentIsClosed(department=command.department)
    if (joins or becomes_primary) and person.status == "left":
        return HasLeft(person=command.person)
    joined = membership.records(DepartmentJoined(department=command.department, person=command.person))
    primary = person.records(PrimaryDepartmentChanged(person=command.person, department=command.department))
    return (joined if joins else NOTHING) + (primary if becomes_primary else NOTHING)


def leave(
    command: LeaveDepartment,
    department: Department,
    person: Person,
    membership: Maybe[DepartmentMembership] = by("department", "person"),
) -> Events:
    if not membership.active:
        return NOTHING
    left = membership.records(DepartmentLeft(department=command.department, person=command.person))
    no_primary = person.records(PrimaryDepartmentChanged(person=command.person))
    return left + (no_primary if person.primary == department.thing else NOTHING)


def follow_merge(
    command: FollowMerge,
    department: Department,
    person: Person,
    membership: Maybe[DepartmentMembership] = by("department", "person"),
    new: Maybe[DepartmentMembership] | None = by("department.parent", "person"),
) -> Events:
    """Who led what was merged doesn't lead what it became."""
    if department.status != "merged" or department.parent is None or new is None or not membership.active:
        return NOTHING
    left = membership.records(DepartmentLeft(department=command.department, person=command.person))
    joined = new.records(DepartmentJoined(department=department.parent, person=command.person))
    primary = person.records(PrimaryDepartmentChanged(person=command.person, department=department.parent))
    return (NOTHING if new.active else joined) + left + (primary if person.primary == command.department else NOTHING)


def appoint_leader(
    command: AppointLeader,
    department: Department,
    person: Person,
    membership: Maybe[DepartmentMembership] = by("department", "person"),
) -> Events | NotInDepartment | DepartmentIsClosed | HasLeft:
    if membership.leader:
        return NOTHING
    if not membership.active:
        return NotInDepartment(department=command.department, person=command.person)
    if not department.open:
        return DepartmentIsClosed(department=command.department)
    if person.status == "left":
        return HasLeft(person=command.person)
    return membership.records(LeaderAppointed(department=command.department, person=command.person))


def dismiss_leader(command: DismissLeader, membership: Maybe[DepartmentMembership] = by("department", "person")) -> Events:
    if not membership.leader:
        return NOTHING
    return membership.records(LeaderDismissed(department=command.department, person=command.person))
