"""What happens to groups of people who are mentioned together."""

from typing import Annotated, TypeVar

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import Contained, Erased
from domain.messaging.ids import UserGroupId

T = TypeVar("T")
OfGroup = Annotated[T | Erased, Contained("group")]
"""A text that belongs to the group, whoever wrote it."""


class UserGroupCreated(Event, wire="messaging.user_group_created.v1"):
    """People who are mentioned together have a name; whoever gave it keeps the group."""

    group: UserGroupId
    name: OfGroup[str]
    by: PersonId


class UserGroupRenamed(Event, wire="messaging.user_group_renamed.v1"):
    """A group has another name and is the same."""

    group: UserGroupId
    name: OfGroup[str]
    by: PersonId


class UserGroupDissolved(Event, wire="messaging.user_group_dissolved.v1"):
    """A group isn't mentioned any more."""

    group: UserGroupId
    by: PersonId


class UserGroupMemberAdded(Event, wire="messaging.user_group_member_added.v1"):
    """Somebody is meant too when the group is mentioned."""

    group: UserGroupId
    person: PersonId
    by: PersonId


class UserGroupMemberRemoved(Event, wire="messaging.user_group_member_removed.v1"):
    """Somebody is no longer meant when the group is mentioned."""

    group: UserGroupId
    person: PersonId
    by: PersonId


UserGroupEvent = UserGroupCreated | UserGroupRenamed | UserGroupDissolved
UserGroupMembershipEvent = UserGroupMemberAdded | UserGroupMemberRemoved

catalogue(UserGroupCreated, UserGroupRenamed, UserGroupDissolved, UserGroupMemberAdded, UserGroupMemberRemoved)
