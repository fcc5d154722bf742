"""What happens to words that were begun and not said yet."""

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import Authored
from domain.messaging.ids import ChannelId, MessageId


class DraftSaved(Event, wire="messaging.draft_saved.v1", retention="draft"):
    """Somebody has begun to write something for a channel, or for a thread in it, and keeps it."""

    channel: ChannelId
    author: PersonId
    text: Authored[str]
    thread: MessageId | None = None


class DraftDiscarded(Event, wire="messaging.draft_discarded.v1"):
    """Somebody no longer keeps what they had begun to write."""


DraftEvent = DraftSaved | DraftDiscarded

catalogue(DraftSaved, DraftDiscarded)
