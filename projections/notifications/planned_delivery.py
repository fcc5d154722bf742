"""What is still to be brought out: each notification once for each person and way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from domain.kernel.events import Recorded
from domain.kernel.identifiers import PersonId, derived
from domain.notifications.events.delivery import DeliveriesPlanned, DeliveryBegun
from domain.notifications.events.inbox import InboxRead
from domain.notifications.events.preferences import Way
from domain.notifications.events.receipt import NotificationDismissed, NotificationRead
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, many, one
from projections.engine.model import Model
from projections.engine.values import Long
from projections.notifications.delivery import WAYS
from projections.notifications.notification import Notification


class PlannedDelivery(Model, visible="{this}.person_id = {viewer}", indexes=("due_at, id",)):
    """A notification that you are to be told of outside the platform, as long as it has not gone out."""

    position: Long = column("Its place in the log.", born=True)
    way: Way = column("In which way.", choices=WAYS)
    due_at: datetime = column("When it goes out, unless you take note of it before.", order=True)
    person: To[Person] = one(
        "Who is told.", inverse=many("planned_deliveries", "What is still to be brought to them: your own only.", order="due_at")
    )
    notification: To[Notification] = one("Of what.")


def plan(notification: UUID, person: PersonId, way: Way) -> UUID:
    """The row's id."""
    return derived("notifications.plan", notification, person, way)


def planned_ids(said: Recorded[DeliveriesPlanned]) -> Iterable[UUID]:
    """The rows that it makes."""
    return (plan(said.event.notification, each.person, each.way) for each in said.event.plans)


def taken_ids(said: Recorded[DeliveryBegun]) -> Iterable[UUID]:
    """The rows that it takes along."""
    return (plan(notification, said.event.person, said.event.way) for notification in said.event.notifications)


def settled_ids(said: Recorded[NotificationRead | NotificationDismissed]) -> Iterable[UUID]:
    """The rows that it makes needless."""
    return (plan(said.event.notification, said.event.person, way) for way in ("mail", "webhook"))


@feeds(by=planned_ids)
def planned(said: Recorded[DeliveriesPlanned]) -> Iterable[PlannedDelivery]:
    rows: dict[UUID, PlannedDelivery] = {}
    for each in said.event.plans:
        key = plan(said.event.notification, each.person, each.way)
        rows[key] = PlannedDelivery(
            id=key,
            position=Long(said.position),
            way=each.way,
            due_at=each.at,
            person=each.person,
            notification=said.event.notification,
        )
    return rows.values()


@feeds(by=taken_ids)
def taken(row: PlannedDelivery | None, said: Recorded[DeliveryBegun]) -> None:
    return None


@feeds(by=settled_ids)
def settled(row: PlannedDelivery | None, said: Recorded[NotificationRead | NotificationDismissed]) -> None:
    """Who has taken note of it needn't be told any more."""
    return


@feeds(where={"person": "person"})
def all_settled(row: PlannedDelivery, said: Recorded[InboxRead]) -> PlannedDelivery | None:
    return row if row.position > said.event.upto else None
