"""Notifications: what people were told of, as those see it who were and may still see what it is about."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.events import Recorded
from domain.notifications.events.notification import NotificationKind, PeopleNotified, ThingKind
from projections.directory.department import Department
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import Maybe, OneOf, column, one
from projections.engine.model import Model
from projections.engine.values import Ref
from projections.messaging.channel import Channel
from projections.messaging.channel_invitation import ChannelInvitation
from projections.messaging.message import Message

KINDS = {
    "mention": "You are mentioned.",
    "direct": "It was said in a direct channel of yours.",
    "reply": "It was said in a thread that you take part in.",
    "added": "Somebody added you to a channel.",
    "invited": "Somebody asks you to take part in a channel.",
    "reminded": "An answer of yours is waited for.",
    "urgent": "It can't wait.",
    "left_behind": "A department was merged, and grants that you look after were left behind.",
}
THINGS: dict[ThingKind, str] = {
    "message": "Message",
    "channel": "Channel",
    "invitation": "ChannelInvitation",
    "department": "Department",
}
"""What each kind of thing is called among the read models."""

# What was taken back or answered is no news, and what one may no longer see tells nothing by having been news.
SHOWN = """
    case {this}.thing_type
        when 'Message' then exists (select from {seen_message} s where s.id = {this}.thing_id and not s.retracted)
        when 'ChannelInvitation' then exists
            (select from {seen_channel_invitation} s where s.id = {this}.thing_id and s.status = 'open')
        when 'Channel' then exists (select from {seen_channel} s where s.id = {this}.thing_id)
        when 'Department' then exists
            (select from {seen_grant} s where {this}.thing_id in (s.department_id, s.within_id)
                and s.revoked_at is null and coalesce(s.until >= {now}, true))
        else false
    end
"""
TOLD = "exists (select from {inbox_item} i where i.notification_id = {this}.id and i.person_id = {viewer})"


class Notification(Model, visible=f"{TOLD} and {SHOWN}"):
    """Something that you were told of. What it says is what it is about, as that is now."""

    kind: NotificationKind = column("Why you were told.", choices=KINDS)
    notified_at: datetime = column("When you were told.", born=True)
    thing: OneOf[Message | Channel | ChannelInvitation | Department] = one("What it is about.")
    by: Maybe[Person] = one("Whose doing it was.")


@feeds()
def notified(row: Notification | None, said: Recorded[PeopleNotified]) -> Notification:
    """People who are told of it later are told of the same notification."""
    fact = said.event
    return row or Notification(
        id=said.thing,
        kind=fact.kind,
        notified_at=said.effective_at,
        thing=Ref(THINGS[fact.thing_kind], fact.thing),
        by=fact.by,
    )
