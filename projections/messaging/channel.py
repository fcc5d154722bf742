"""Channels: the places where people talk."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.events import Recorded
from domain.kernel.personal import readable
from domain.messaging.events.channel import (
    ChannelArchived,
    ChannelDescribed,
    ChannelHistoryChanged,
    ChannelKind,
    ChannelMoved,
    ChannelOpened,
    ChannelRenamed,
    ChannelReopened,
    ChannelSettingsChanged,
    ChannelSlowModeChanged,
    ChannelTopicChanged,
    ChannelVisibilityChanged,
    HistoryVisibility,
    Posting,
    Privilege,
    Visibility,
)
from domain.messaging.membership import READ
from projections.access.people import ACTIVE_STAFF, holds
from projections.directory.department import Department
from projections.engine.feeds import feeds
from projections.engine.fields import Formula, Maybe, column, formula, found, listed, many, one, replace
from projections.engine.model import Model
from projections.engine.values import Long
from projections.engine.ways import Among
from projections.messaging.unread import MENTIONED, READ_UPTO, UNREAD

KINDS = {
    "direct": "Between the people who are its members, and nobody else ever.",
    "group": "For whoever joins or is added.",
    "department": "For the members of a department, for as long as they belong to it.",
}
VISIBILITIES = {"public": "Everybody who works here finds it, reads it and may join.", "private": "Known to its members."}
POSTING = {
    "members": "Whoever takes part.",
    "replies": "Those who keep the channel; whoever takes part answers in threads.",
    "owners": "Those who keep the channel, and nobody else.",
}
PRIVILEGES = {"members": "Whoever takes part.", "owners": "Those who keep the channel."}
HISTORY = {
    "all": "Everything.",
    "invited": "What was said since they were invited or added.",
    "joined": "What was said since they came.",
}

PUBLIC = f"{{this}}.visibility = 'public' and {ACTIVE_STAFF}"
MEMBER = Among("id", "v.channel_id", "{channel_membership} v where v.person_id = {viewer}", indexed=True)
OF_DEPARTMENT = (
    "{this}.kind = 'department' and exists"
    " (select from {department_membership} v where v.department_id = {this}.department_id and v.person_id = {viewer})"
)


def said_in_scope(message: str) -> str:
    """Whether a message was said by those, and in the time, that a case concerns."""
    return (
        f"(cardinality({{scope_people}}) = 0 or {message}.author_id = any({{scope_people}}))"
        f" and {message}.sent_at >= {{scope_since}} and {message}.sent_at < {{scope_until}}"
    )


TAKES_PART = "exists (select from {channel_member} v where v.channel_id = {this}.id and v.person_id = {viewer})"
JOINABLE = f"{{this}}.visibility = 'public' and {{this}}.kind <> 'direct' and not {{this}}.archived and not {TAKES_PART}"

IN_SCOPE = (
    "{this}.id = any({scope_channels}) or cardinality({scope_channels}) = 0"
    f" and exists (select from {{message}} s where s.channel_id = {{this}}.id and {said_in_scope('s')})"
)


class Channel(
    Model,
    case=IN_SCOPE,
    visible={
        "public channel": PUBLIC,
        "member of the channel": MEMBER,
        "member of the channel's department": OF_DEPARTMENT,
        f"grant of {READ}": holds(READ, on="id", within="department_id"),
    },
    version=3,
    live="all",
    indexes=("visibility",),
    queries=(
        found("channel", "A channel, by its id."),
        listed("channels", "All channels that you may see, archived ones included.", order="name"),
        listed("joinableChannels", "Public channels in use where you don't take part.", order="name", where=JOINABLE),
    ),
):
    """A place where people talk."""

    kind: ChannelKind = column("Who it is for.", filter=("eq", "any"), choices=KINDS)
    visibility: Visibility = column("Who may see it.", filter=("eq",), choices=VISIBILITIES)
    name: str | None = column(
        "What it is called; a direct channel has no name.", personal=True, order=True, filter=("eq", "contains")
    )
    topic: str | None = column("What it is about.", personal=True, filter=("contains",))
    description: str | None = column("At length, what it is for and what holds there.", personal=True)
    posting: Posting = column("Who says something.", default="members", choices=POSTING)
    inviting: Privilege = column("Who adds and invites others.", default="members", choices=PRIVILEGES)
    pinning: Privilege = column("Who pins messages and sets the notice on top.", default="members", choices=PRIVILEGES)
    calling: Privilege = column("Who mentions everybody at once.", default="members", choices=PRIVILEGES)
    slow_mode: int = column(
        "How many seconds everybody but those who keep the channel waits between two messages; 0, where nobody does.", default=0
    )
    history: HistoryVisibility = column(
        "What later newcomers see of what is said now. Each message keeps what was settled when it was said.",
        default="all",
        choices=HISTORY,
    )
    archived: bool = column("Whether nothing more is said here.", default=False, filter=("eq",))
    opened_at: datetime = column("When it was opened.", order=True)
    department: Maybe[Department] = one(
        "The department whose channel it is.", inverse=many("channels", "Its channels, as far as you may see them.", order="name")
    )
    unread_count: Formula[int] = formula(
        UNREAD, "How many messages here you haven't read, without replies that are shown in their threads only; 100 is 99+."
    )
    mention_count: Formula[int] = formula(
        MENTIONED, "How many of all you haven't read here mention you, a department or group of yours, or everybody; 100 is 99+."
    )
    read_upto: Formula[Long | None] = formula(
        f"select {READ_UPTO}",
        "The position of the last message here that you have read, with all before it; before what you marked as unread again.",
    )

    joined: Formula[bool] = formula(TAKES_PART, "Whether you take part.")
    muted: Formula[bool] = formula(
        "exists (select from {channel_muting} m where m.channel_id = {this}.id and m.person_id = {viewer})",
        "Whether you wish to hear nothing of it; until when is said by `mutedChannels`.",
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
        description=None,
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
def described(row: Channel, said: Recorded[ChannelDescribed]) -> Channel:
    return replace(row, description=readable(said.event.description))


@feeds()
def settled(row: Channel, said: Recorded[ChannelSettingsChanged]) -> Channel:
    fact = said.event
    return replace(row, posting=fact.posting, inviting=fact.inviting, pinning=fact.pinning, calling=fact.calling)


@feeds()
def history_changed(row: Channel, said: Recorded[ChannelHistoryChanged]) -> Channel:
    return replace(row, history=said.event.history)


@feeds()
def slowed(row: Channel, said: Recorded[ChannelSlowModeChanged]) -> Channel:
    return replace(row, slow_mode=said.event.seconds)


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
