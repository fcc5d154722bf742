"""What happens to an inbox as a whole."""

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId


class InboxRead(Event, wire="notifications.inbox_read.v1"):
    """Somebody has taken note of all that they were told of up to a position of the log."""

    person: PersonId
    upto: int


catalogue(InboxRead)
