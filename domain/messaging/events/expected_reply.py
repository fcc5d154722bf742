"""What happens where somebody asks for a reply: they ask, people are awaited, reminded, and let go."""

from datetime import datetime
from typing import Literal

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.messaging.ids import ChannelId, MessageId

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
AwaitingEnd = Literal["answered", "released", "retracted", "left"]
"""Why nobody waits any more: they answered, were let go, the message was taken back, or they no longer take part."""


class ReplyExpected(Event, wire="messaging.reply_expected.v1"):
    """The author of a message expects replies to it by a time: of `people`, or where those are none, of all its recipients.

    `sign` is a reaction that counts as a reply. `position` is the message's.
    """

    channel: ChannelId
    by: PersonId
    due: datetime
    people: tuple[PersonId, ...] = ()
    sign: str | None = None
    position: int


class ReplyReleased(Event, wire="messaging.reply_released.v1"):
    """The author of a message no longer expects replies: of these people, or where those are none, of anybody."""

    by: PersonId
    people: tuple[PersonId, ...] = ()


class ReplyAwaited(Event, wire="messaging.reply_awaited.v1"):
    """A reply of somebody is awaited. `read`: they had read the message when that began."""

    message: MessageId
    channel: ChannelId
    person: PersonId
    by: PersonId
    due: datetime
    sign: str | None = None
    position: int
    read: bool


class ReplyReminderPlanned(Event, wire="messaging.reply_reminder_planned.v1"):
    """Somebody has read and not answered yet. When they are reminded first, by the rules, the quiet hours and the time zone of
    the moment; None: not at all."""

    at: datetime | None = None


class ReplyReminded(Event, wire="messaging.reply_reminded.v1"):
    """Somebody who has read was reminded that a reply is awaited, and when next if it must be; None: not again."""

    message: MessageId
    person: PersonId
    number: int
    next: datetime | None = None


class ReplyAwaitingEnded(Event, wire="messaging.reply_awaiting_ended.v1"):
    """Nobody is reminded any more of this reply."""

    reason: AwaitingEnd


class ReminderRulesChanged(Event, wire="messaging.reminder_rules_changed.v1"):
    """How people are reminded who have read and not answered was settled, for the whole organisation.

    So many minutes after they read, then every so many, until so many hours after the reply was due; not within the quiet
    hours (from, until), and on working days only, by the clocks of the time zone.
    """

    after_minutes: int
    every_minutes: int
    until_hours: int
    quiet: tuple[str, str] | None = None
    working_days: tuple[Weekday, ...]
    time_zone: str
    by: PersonId | None = None


ExpectedReplyEvent = ReplyExpected | ReplyReleased
AwaitedReplyEvent = ReplyAwaited | ReplyReminderPlanned | ReplyReminded | ReplyAwaitingEnded

catalogue(
    ReplyExpected,
    ReplyReleased,
    ReplyAwaited,
    ReplyReminderPlanned,
    ReplyReminded,
    ReplyAwaitingEnded,
    ReminderRulesChanged,
)
