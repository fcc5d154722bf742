"""Channels: the places where people talk."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.events import Recorded
from domain.kernel.personal import readable
from domain.messaging.events.channel import (
    ChannelArchived,
    ChannelKind,
    ChannelMoved,
    ChannelOpened,
    ChannelRenamed,
    ChannelReopened,
    ChannelTopicChanged,
    ChannelVisibilityChanged,
    Visibility,
)
from domain.messaging.membership import READ
from projections.access.people import holds
from projections.directory.department import Department
from projections.engine.feeds import feeds
from projections.engine.fields import Maybe, column, found, listed, many, one, replace
from projections.engine.model import Model

KINDS = {
    "direct": "Between the people who are its members, and nobody else ever.",
    "group": "For whoever joins or is added.",
    "department": "For the members of a department, for as long as they belong to it.",
}
VISIBILITIES = {"public": "Everybody who works here finds it, reads it and may join.", "private": "Known to its members."}

PUBLIC = (
    "{this}.visibility = 'public' and exists"
    " (select from {person} v where v.id = {viewer} and v.standing = 'active' and v.kind <> 'guest')"
)
MEMBER = "exists (select from {channel_membership} v where v.channel_id = {this}.id and v.person_id = {viewer})"
OF_DEPARTMENT = (
    "{this}.kind = 'department' and exists"
    " (select from {department_membership} v where v.department_id = {this}.department_id and v.person_id = {viewer})"
)


class Channel(
    Model,
    visible={
        "public channel": PUBLIC,
        "member of the channel": MEMBER,
        "member of the channel's department": OF_DEPARTMENT,
        f"grant of {READ}": holds(READ, on="{this}.id", within="{this}.department_id"),
    },
    version=2,
    queries=(
        found("channel", "A channel, by its id."),
        listed("channels", "All channels that you may see, archived ones included.", order="name"),
    ),
):
    """A place where people talk."""

    kind: ChannelKind = column("Who it is for.", filter=("eq", "any"), choices=KINDS)
    visibility: Visibility = column("Who may see it.", filter=("eq",), choices=VISIBILITIES)
    name: str | None = column(
        "What it is called; a direct channel has no name.", personal=True, order=True, filter=("eq", "contains")
    )
    topic: str | None = column("What it is about.", personal=True, filter=("contains",))
    archived: bool = column("Whether nothing more is said here.", default=False, filter=("eq",))
    opened_at: datetime = column("When it was opened.", order=True)
    department: Maybe[Department] = one(
        "The department whose channel it is.", inverse=many("channels", "Its channels, as far as you may see them.", order="name")
    )


@feeds()
def opened(said: Recorded[ChannelOpened]) -> Channel:
    fact = said.event
    return Channel(
        id=fact.channel,
        kind=fact.kind,
        visibility=fact.visibility,
        name=readable(fact.name),
        topic=readable(fact.topic),
        department=fact.department,
        opened_at=said.effective_at,
    )


@feeds()
def renamed(row: Channel, said: Recorded[ChannelRenamed]) -> Channel:
    return replace(row, name=readable(said.event.name))


@feeds()
def topic_changed(row: Channel, said: Recorded[ChannelTopicChanged]) -> Channel:
    return replace(row, topic=readable(said.event.topic))


@feeds()
def visibility_changed(row: Channel, said: Recorded[ChannelVisibilityChanged]) -> Channel:
    return replace(row, visibility=said.event.visibility)


@feeds()
def moved(row: Channel, said: Recorded[ChannelMoved]) -> Channel:
    return replace(row, department=said.event.department)


@feeds()
def archived(row: Channel, said: Recorded[ChannelArchived]) -> Channel:
    return replace(row, archived=True)


@feeds()
def reopened(row: Channel, said: Recorded[ChannelReopened]) -> Channel:
    return replace(row, archived=False)
