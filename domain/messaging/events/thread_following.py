"""What somebody wishes to hear of a thread, where it isn't what follows from their part in it."""

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.messaging.ids import MessageId


class ThreadFollowed(Event, wire="messaging.thread_followed.v1"):
    """Somebody wishes to hear of what is replied to a message."""

    message: MessageId
    person: PersonId


class ThreadUnfollowed(Event, wire="messaging.thread_unfollowed.v1"):
    """Somebody wishes to hear no more of a thread, until they reply in it or are mentioned again."""

    message: MessageId
    person: PersonId


ThreadFollowingEvent = ThreadFollowed | ThreadUnfollowed

catalogue(ThreadFollowed, ThreadUnfollowed)
