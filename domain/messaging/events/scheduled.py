"""What happens to a message between its being written and its time to be sent."""

from datetime import datetime

from domain.directory.ids import DepartmentId
from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import Authored
from domain.messaging.events.message import Attachment, Call, Link
from domain.messaging.ids import ChannelId, MessageId, UserGroupId


class MessageScheduled(Event, wire="messaging.message_scheduled.v1", retention="conversation"):
    """Something is to be said at a time to come. The message will have the id of this stream."""

    at: datetime
    channel: ChannelId
    author: PersonId
    text: Authored[str]
    thread: MessageId | None = None
    also_in_channel: bool = False
    quotes: MessageId | None = None
    mentions: tuple[PersonId, ...] = ()
    departments: tuple[DepartmentId, ...] = ()
    groups: tuple[UserGroupId, ...] = ()
    calls: Call | None = None
    attachments: Authored[tuple[Attachment, ...]] = ()
    links: Authored[tuple[Link, ...]] = ()


class MessageRescheduled(Event, wire="messaging.message_rescheduled.v1"):
    """It is to be said at another time."""

    at: datetime


class ScheduledMessageCancelled(Event, wire="messaging.scheduled_message_cancelled.v1"):
    """It is not to be said."""


class ScheduledMessageSent(Event, wire="messaging.scheduled_message_sent.v1"):
    """It was said: at its time, or at once because its author wished it."""


class ScheduledMessageHeldBack(Event, wire="messaging.scheduled_message_held_back.v1"):
    """When its time came its author could not say it.

    `refusal` is the name of the reason, and `lacking` what would have allowed it, where that was missing.
    """

    refusal: str
    lacking: str | None = None


ScheduledMessageEvent = (
    MessageScheduled | MessageRescheduled | ScheduledMessageCancelled | ScheduledMessageSent | ScheduledMessageHeldBack
)

catalogue(MessageScheduled, MessageRescheduled, ScheduledMessageCancelled, ScheduledMessageSent, ScheduledMessageHeldBack)
