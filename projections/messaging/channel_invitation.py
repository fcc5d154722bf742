"""Invitations to channels, and what came of them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from domain.kernel.events import Recorded
from domain.messaging.events.membership import (
    InvitationDeclined,
    InvitationWithdrawn,
    MemberAdded,
    MemberInvited,
    MemberJoined,
    MemberLeft,
    MemberRemoved,
)
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import Formula, To, column, formula, listed, many, one, replace
from projections.engine.model import Model
from projections.messaging.channel import Channel

InvitationStatus = Literal["open", "accepted", "declined", "withdrawn"]
STATUSES = {
    "open": "Not answered yet.",
    "accepted": "They came.",
    "declined": "They don't wish to.",
    "withdrawn": "They are no longer asked to.",
}
VISIBLE = """
    {this}.person_id = {viewer} or {this}.invited_by_id = {viewer}
    or exists (select from {channel_membership} v
               where v.channel_id = {this}.channel_id and v.person_id = {viewer} and v.role = 'owner')
"""


class ChannelInvitation(
    Model,
    version=2,
    visible=VISIBLE,
    live="viewer",
    queries=(
        listed(
            "invitations",
            "To which channels you are invited, and haven't answered.",
            order="-invited_at",
            where="{this}.person_id = {viewer} and {this}.status = 'open'",
        ),
    ),
):
    """Somebody was asked to take part in a channel: the last time that happened."""

    invited_at: datetime = column("When.", order=True)
    status: InvitationStatus = column("What came of it.", default="open", filter=("eq",), choices=STATUSES)
    channel: To[Channel] = one(
        "Where; nothing for who isn't there yet and may not see it.",
        inverse=many("invitations", "Who was invited here, as far as you may know.", order="-invited_at"),
    )
    person: To[Person] = one("Who was invited.", index=True)
    invited_by: To[Person] = one("Who asked them.")
    channel_name: Formula[str | None] = formula(
        "select c.name from {channel} c where c.id = {this}.channel_id", "What the channel is called."
    )


@feeds()
def invited(row: ChannelInvitation | None, said: Recorded[MemberInvited]) -> ChannelInvitation:
    fact = said.event
    return ChannelInvitation(
        id=said.thing, invited_at=said.effective_at, channel=fact.channel, person=fact.person, invited_by=fact.by
    )


@feeds()
def came(row: ChannelInvitation | None, said: Recorded[MemberJoined | MemberAdded]) -> ChannelInvitation | None:
    """Whoever comes after they had declined, or were no longer asked to, came without being invited."""
    return replace(row, status="accepted") if row and row.status == "open" else row


@feeds()
def declined(row: ChannelInvitation, said: Recorded[InvitationDeclined]) -> ChannelInvitation:
    return replace(row, status="declined")


@feeds()
def withdrawn(row: ChannelInvitation, said: Recorded[InvitationWithdrawn]) -> ChannelInvitation:
    return replace(row, status="withdrawn")


@feeds()
def went(row: ChannelInvitation | None, said: Recorded[MemberLeft | MemberRemoved]) -> None:
    return None
