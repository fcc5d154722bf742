"""What one person does about one notification."""

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.notifications.ids import NotificationId


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


ReceiptEvent = NotificationRead | NotificationMarkedUnread | NotificationDismissed

catalogue(NotificationRead, NotificationMarkedUnread, NotificationDismissed)
