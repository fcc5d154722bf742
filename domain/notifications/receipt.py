"""A receipt: what one person did about one notification."""

from typing import assert_never

from msgspec.structs import replace

from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.rules import Check
from domain.kernel.states import NOTHING, Events, Maybe, State
from domain.notifications.commands.receipt import DismissNotification, MarkNotificationUnread, ReadNotification
from domain.notifications.events.receipt import NotificationDismissed, NotificationMarkedUnread, NotificationRead, ReceiptEvent
from domain.notifications.ids import NotificationId
from domain.notifications.notification import Notification


class Receipt(State[ReceiptEvent], kind="notifications.receipt", key=(NotificationId, PersonId)):
    """What they did last; nothing counts as having only been told."""

    last: ReceiptEvent | None = None

    def evolve(self, event: ReceiptEvent) -> "Receipt":
        match event:
            case NotificationRead() | NotificationMarkedUnread() | NotificationDismissed():
                return replace(self, last=event)
            case _:
                assert_never(event)


def _told(notification: Notification, actor: PersonId) -> bool:
    return actor in notification.people


the_recipient = Check("recipient of the notification", _told, hides=True)
OWN = by("notification", "actor")


@decides(allowed=the_recipient)
def read(command: ReadNotification, notification: Notification, actor: PersonId, receipt: Maybe[Receipt] = OWN) -> Events:
    return _once(receipt, NotificationRead(notification=command.notification, person=actor))


@decides(allowed=the_recipient)
def mark_unread(
    command: MarkNotificationUnread, notification: Notification, actor: PersonId, receipt: Maybe[Receipt] = OWN
) -> Events:
    """Also where nothing was done about it before: it may have been read with the whole inbox."""
    return _once(receipt, NotificationMarkedUnread(notification=command.notification, person=actor))


@decides(allowed=the_recipient)
def dismiss(command: DismissNotification, notification: Notification, actor: PersonId, receipt: Maybe[Receipt] = OWN) -> Events:
    return _once(receipt, NotificationDismissed(notification=command.notification, person=actor))


def _once(receipt: Receipt, event: ReceiptEvent) -> Events:
    return NOTHING if receipt.last == event else receipt.records(event)
