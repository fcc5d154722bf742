"""Groups of people who are mentioned together."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.events import Recorded
from domain.kernel.personal import readable
from domain.messaging.events.user_group import (
    UserGroupCreated,
    UserGroupDissolved,
    UserGroupMemberAdded,
    UserGroupMemberRemoved,
    UserGroupRenamed,
)
from projections.access.people import STAFF
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, found, listed, many, one, replace
from projections.engine.model import Model


class UserGroup(
    Model,
    visible=STAFF,
    queries=(
        found("userGroup", "A group of people who are mentioned together, by its id."),
        listed("userGroups", "All groups of people who are mentioned together.", order="name"),
    ),
):
    """People who are mentioned together, such as those on call. It gives them access to nothing."""

    name: str | None = column("What it is called.", personal=True, order=True, filter=("eq", "contains"))
    created_at: datetime = column("Since when there is such a group.", order=True)
    dissolved: bool = column("Whether it is no longer mentioned.", default=False, filter=("eq",))
    keeper: To[Person] = one("Who keeps it.")


class UserGroupMember(Model, visible="group", indexes=("person_id, group_id",)):
    """Somebody who is meant when a group is mentioned."""

    since: datetime = column("Since when.", order=True)
    group: To[UserGroup] = one("Which group.", inverse=many("members", "Who is meant when it is mentioned.", order="since"))
    person: To[Person] = one("Who.", inverse=many("userGroups", "The groups by which they are meant too.", order="since"))


@feeds()
def created(said: Recorded[UserGroupCreated]) -> UserGroup:
    fact = said.event
    return UserGroup(id=fact.group, name=readable(fact.name), created_at=said.effective_at, keeper=fact.by)


@feeds()
def renamed(row: UserGroup, said: Recorded[UserGroupRenamed]) -> UserGroup:
    return replace(row, name=readable(said.event.name))


@feeds()
def dissolved(row: UserGroup, said: Recorded[UserGroupDissolved]) -> UserGroup:
    return replace(row, dissolved=True)


@feeds()
def added(said: Recorded[UserGroupMemberAdded]) -> UserGroupMember:
    return UserGroupMember(id=said.thing, since=said.effective_at, group=said.event.group, person=said.event.person)


@feeds()
def removed(row: UserGroupMember, said: Recorded[UserGroupMemberRemoved]) -> None:
    return None
