"""What is recorded of people's reading."""

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.messaging.ids import ChannelId, MessageId


class ChannelRead(Event, wire="messaging.channel_read.v1"):
    """Somebody has read a channel up to a message, with everything before it. `upto` is that message's position."""

    channel: ChannelId
    person: PersonId
    message: MessageId
    upto: int


class ChannelMarkedUnread(Event, wire="messaging.channel_marked_unread.v1"):
    """For somebody, a channel counts as unread again from this message on; `upto` is the position before it.

    That they have read it stays so for whoever said it.
    """

    channel: ChannelId
    person: PersonId
    message: MessageId
    upto: int


class ReadReceiptsChanged(Event, wire="messaging.read_receipts_changed.v1"):
    """Whether those who say something see who has read it was settled, for the whole organisation."""

    shown: bool
    by: PersonId | None = None


ReadMarkEvent = ChannelRead | ChannelMarkedUnread

catalogue(ChannelRead, ChannelMarkedUnread, ReadReceiptsChanged)
