"""The one message that stands on top of a channel."""

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.messaging.ids import ChannelId, MessageId


class NoticeSet(Event, wire="messaging.notice_set.v1"):
    """A message stands on top of its channel from now on, in place of the one before."""

    channel: ChannelId
    message: MessageId
    by: PersonId


class NoticeCleared(Event, wire="messaging.notice_cleared.v1"):
    """No message stands on top of a channel any more."""

    channel: ChannelId
    by: PersonId


NoticeEvent = NoticeSet | NoticeCleared

catalogue(NoticeSet, NoticeCleared)
