"""Groups of people who are mentioned together. They give nobody access to anything."""

from typing import Annotated, assert_never

from msgspec.structs import replace

from domain.access.administration import administrator
from domain.directory.person import HasLeft, Person, employee
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.personal import Erased
from domain.kernel.refusals import IdTaken, Refusal
from domain.kernel.rules import Check
from domain.kernel.states import NOTHING, Events, Maybe, New, State
from domain.messaging.commands.user_group import (
    AddToUserGroup,
    CreateUserGroup,
    DissolveUserGroup,
    RemoveFromUserGroup,
    RenameUserGroup,
)
from domain.messaging.events.user_group import (
    UserGroupCreated,
    UserGroupDissolved,
    UserGroupEvent,
    UserGroupMemberAdded,
    UserGroupMemberRemoved,
    UserGroupMembershipEvent,
    UserGroupRenamed,
)
from domain.messaging.ids import UserGroupId


class UserGroup(State[UserGroupEvent], kind="messaging.user_group", key=(UserGroupId,)):
    """What a group is called, who keeps it, and whether it is still mentioned."""

    name: str | Erased = ""
    keeper: PersonId | None = None
    dissolved: bool = False

    def evolve(self, event: UserGroupEvent) -> "UserGroup":
        match event:
            case UserGroupCreated(name=name, by=keeper):
                return replace(self, name=name, keeper=keeper)
            case UserGroupRenamed(name=name):
                return replace(self, name=name)
            case UserGroupDissolved():
                return replace(self, dissolved=True)
            case _:
                assert_never(event)

    @property
    def mentionable(self) -> bool:
        """Whether it is there and not dissolved."""
        return self.exists and not self.dissolved


class UserGroupMembership(State[UserGroupMembershipEvent], kind="messaging.user_group_membership", key=(UserGroupId, PersonId)):
    """Whether somebody is meant when a group is mentioned."""

    active: bool = False

    def evolve(self, event: UserGroupMembershipEvent) -> "UserGroupMembership":
        match event:
            case UserGroupMemberAdded():
                return replace(self, active=True)
            case UserGroupMemberRemoved():
                return replace(self, active=False)
            case _:
                assert_never(event)


class UserGroupIsDissolved(Refusal, frozen=True):
    """The group is no longer mentioned, and doesn't change."""

    group: Annotated[UserGroupId, "The group."]


def _keeps(group: UserGroup, actor: PersonId) -> bool:
    return group.keeper == actor


def _oneself(command: RemoveFromUserGroup, actor: PersonId) -> bool:
    return command.person == actor


keeper = Check("keeper of the group", _keeps) | administrator()
THEIRS = by("group", "person")


@decides(allowed=employee)
def create(command: CreateUserGroup, actor: PersonId, group: New[UserGroup]) -> Events | IdTaken:
    if group.exists:
        return NOTHING if (group.name, group.keeper) == (command.name, actor) else IdTaken(id=command.group)
    return group.records(UserGroupCreated(group=command.group, name=command.name, by=actor))


@decides(allowed=keeper)
def rename(command: RenameUserGroup, actor: PersonId, group: UserGroup) -> Events | UserGroupIsDissolved:
    if group.dissolved:
        return UserGroupIsDissolved(group=command.group)
    if group.name == command.name:
        return NOTHING
    return group.records(UserGroupRenamed(group=command.group, name=command.name, by=actor))


@decides(allowed=keeper)
def dissolve(command: DissolveUserGroup, actor: PersonId, group: UserGroup) -> Events:
    return NOTHING if group.dissolved else group.records(UserGroupDissolved(group=command.group, by=actor))


@decides(allowed=keeper)
def add(
    command: AddToUserGroup, actor: PersonId, group: UserGroup, person: Person, theirs: Maybe[UserGroupMembership] = THEIRS
) -> Events | UserGroupIsDissolved | HasLeft:
    if theirs.active:
        return NOTHING
    if group.dissolved:
        return UserGroupIsDissolved(group=command.group)
    if person.status == "left":
        return HasLeft(person=command.person)
    return theirs.records(UserGroupMemberAdded(group=command.group, person=command.person, by=actor))


@decides(allowed=keeper | Check("oneself", _oneself))
def remove(
    command: RemoveFromUserGroup, actor: PersonId, group: UserGroup, theirs: Maybe[UserGroupMembership] = THEIRS
) -> Events:
    if not theirs.active:
        return NOTHING
    return theirs.records(UserGroupMemberRemoved(group=command.group, person=command.person, by=actor))
