"""The signs with which people answer messages."""

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.messaging.ids import MessageId


class ReactionAdded(Event, wire="messaging.reaction_added.v1"):
    """Somebody answered a message with a sign: an emoji, or the name of one."""

    message: MessageId
    person: PersonId
    emoji: str


class ReactionRemoved(Event, wire="messaging.reaction_removed.v1"):
    """Somebody took back such a sign."""

    message: MessageId
    person: PersonId
    emoji: str


ReactionEvent = ReactionAdded | ReactionRemoved

catalogue(
    ReactionAdded,
    ReactionRemoved,
)
