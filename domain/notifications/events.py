"""What happens when people are told of something.

A notification refers to what it tells of and copies nothing of it: what may not be seen any more isn't shown here either.
"""

from typing import Literal, NewType
from uuid import UUID

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId

NotificationId = NewType("NotificationId", UUID)
ReadingId = NewType("ReadingId", UUID)

NotificationKind = Literal["mention", "direct", "reply", "added"]
"""Why somebody is told: they are mentioned; it was said to them among few; it was said in a thread that they take part in;
somebody let them take part in a channel."""
ThingKind = Literal["message", "channel"]


class PeopleNotified(Event, wire="notifications.people_notified.v1"):
    """People are told of something. The event that this is because of is its cause.

    `thing` is what it is about, `by` whose doing it was.
    """

    people: tuple[PersonId, ...]
    kind: NotificationKind
    thing_kind: ThingKind
    thing: UUID
    by: PersonId | None = None


class NotificationRead(Event, wire="notifications.notification_read.v1"):
    """Somebody has taken note of it."""

    notification: NotificationId
    person: PersonId


class NotificationMarkedUnread(Event, wire="notifications.notification_marked_unread.v1"):
    """Somebody wants to come back to it."""

    notification: NotificationId
    person: PersonId


class NotificationDismissed(Event, wire="notifications.notification_dismissed.v1"):
    """Somebody doesn't want to see it any more."""

    notification: NotificationId
    person: PersonId


class InboxRead(Event, wire="notifications.inbox_read.v1"):
    """Somebody has taken note of all that they were told of up to a position of the log."""

    person: PersonId
    upto: int


ReceiptEvent = NotificationRead | NotificationMarkedUnread | NotificationDismissed

catalogue(PeopleNotified, NotificationRead, NotificationMarkedUnread, NotificationDismissed, InboxRead)
