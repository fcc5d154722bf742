"""Inboxes: each notification once for everybody who was told, with what they did about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from domain.kernel.events import Recorded
from domain.kernel.identifiers import PersonId
from domain.notifications.events.notification import PeopleNotified
from domain.notifications.events.receipt import NotificationDismissed, NotificationMarkedUnread, NotificationRead
from domain.notifications.ids import NotificationId
from domain.notifications.receipt import Receipt
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import Formula, To, column, formula, many, one, replace
from projections.engine.model import Model
from projections.engine.values import Long
from projections.notifications.notification import Notification

# Nobody has an inbox other than their own. The notification's own rule asks whether what it is about may be seen.
OWN = "{this}.person_id = {viewer} and exists (select from {seen_notification} s where s.id = {this}.notification_id)"
UNREAD = "{this}.unread_since > coalesce((select r.upto from {inbox_reading} r where r.id = {this}.person_id), 0)"


class InboxItem(Model, visible=OWN, live="viewer"):
    """A notification in your inbox."""

    position: Long = column("Its place in the log.", born=True)
    notified_at: datetime = column("When you were told.", order=True, born=True)
    dismissed: bool = column("Whether you don't want to see it any more.", default=False)
    unread_since: Long | None = column("The position since which it is unread, unless the inbox was read up to there or beyond.")
    person: To[Person] = one(
        "Whose inbox it is in.",
        inverse=(
            many("inbox", "What they were told of: your own only.", order="-notified_at", where="not {this}.dismissed"),
            many(
                "unread_inbox",
                "Of that, what you have not taken note of.",
                order="-notified_at",
                where=f"not {{this}}.dismissed and {UNREAD}",
            ),
        ),
    )
    notification: To[Notification] = one("What you were told.", index=True)
    unread: Formula[bool] = formula(f"coalesce({UNREAD}, false)", "Whether you have not taken note of it.")


def item(notification: UUID, person: PersonId) -> UUID:
    """The row's id: that of the stream in which its person says what they did about it."""
    return Receipt.at(NotificationId(notification), person).thing


def items(said: Recorded[PeopleNotified]) -> Iterable[UUID]:
    """The rows that it makes."""
    return (item(said.thing, person) for person in said.event.people)


def own(said: Recorded[NotificationRead | NotificationMarkedUnread | NotificationDismissed]) -> UUID:
    """The row that it changes."""
    return item(said.event.notification, said.event.person)


@feeds(by=items)
def notified(said: Recorded[PeopleNotified]) -> Iterable[InboxItem]:
    for person in dict.fromkeys(said.event.people):
        yield InboxItem(
            id=item(said.thing, person),
            position=Long(said.position),
            notified_at=said.effective_at,
            unread_since=Long(said.position),
            person=person,
            notification=said.thing,
        )


@feeds(by=own)
def read(row: InboxItem, said: Recorded[NotificationRead]) -> InboxItem:
    return replace(row, unread_since=None)


@feeds(by=own)
def marked_unread(row: InboxItem, said: Recorded[NotificationMarkedUnread]) -> InboxItem:
    return replace(row, unread_since=Long(said.position), dismissed=False)


@feeds(by=own)
def dismissed(row: InboxItem, said: Recorded[NotificationDismissed]) -> InboxItem:
    return replace(row, unread_since=None, dismissed=True)
