"""Who joined or was added to a channel. A department's members aren't copied here: `ChannelMember` shows both."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.events import Recorded
from domain.messaging.events.membership import (
    ChannelHandedBack,
    ChannelHandedOver,
    MemberAdded,
    MemberJoined,
    MemberLeft,
    MemberRemoved,
    MemberRoleChanged,
    Role,
)
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import Maybe, To, column, one, replace
from projections.engine.model import Model
from projections.messaging.channel import Channel

ROLES = {"member": "Takes part.", "owner": "Also keeps the channel: its name, topic, members and pins."}


class ChannelMembership(
    Model,
    visible="channel",
    live=("channel", "viewer"),
    version=2,
    indexes=("channel_id, person_id", "person_id, channel_id"),
):
    """Somebody's own place in a channel, not owed to a department."""

    role: Role = column("What they are there.", default="member", choices=ROLES)
    since: datetime = column("When they came.", order=True)
    channel: To[Channel] = one("Where.")
    person: To[Person] = one("Who.")
    added_by: Maybe[Person] = one("Who added them; nobody where they joined by themselves or it isn't known.", default=None)
    predecessor: Maybe[Person] = one("In whose place they keep it, if it was handed over to them.", index=True, default=None)


@feeds()
def joined(said: Recorded[MemberJoined]) -> ChannelMembership:
    fact = said.event
    return ChannelMembership(id=said.thing, channel=fact.channel, person=fact.person, since=said.effective_at)


@feeds()
def added(said: Recorded[MemberAdded]) -> ChannelMembership:
    fact = said.event
    return ChannelMembership(
        id=said.thing, channel=fact.channel, person=fact.person, role=fact.role, added_by=fact.by, since=said.effective_at
    )


@feeds()
def role_changed(row: ChannelMembership, said: Recorded[MemberRoleChanged]) -> ChannelMembership:
    return replace(row, role=said.event.role, predecessor=None)


@feeds()
def handed_over(row: ChannelMembership | None, said: Recorded[ChannelHandedOver]) -> ChannelMembership:
    fact = said.event
    if row is None:
        row = ChannelMembership(id=said.thing, channel=fact.channel, person=fact.person, since=said.effective_at)
    return replace(row, role="owner", predecessor=fact.predecessor)


@feeds()
def handed_back(row: ChannelMembership, said: Recorded[ChannelHandedBack]) -> ChannelMembership | None:
    return replace(row, role=said.event.role, predecessor=None) if said.event.role else None


@feeds()
def ended(row: ChannelMembership, said: Recorded[MemberLeft | MemberRemoved]) -> None:
    return None
