"""What somebody keeps for themselves, to find it again."""

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import OfPerson
from domain.messaging.ids import MessageId


class MessageSaved(Event, wire="messaging.message_saved.v1"):
    """Somebody keeps a message for themselves, perhaps with a note."""

    message: MessageId
    person: PersonId
    note: OfPerson[str | None] = None


class MessageUnsaved(Event, wire="messaging.message_unsaved.v1"):
    """Somebody no longer keeps a message for themselves."""

    message: MessageId
    person: PersonId


SavedEvent = MessageSaved | MessageUnsaved

catalogue(MessageSaved, MessageUnsaved)
