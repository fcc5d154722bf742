"""What each delivery brings."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from domain.kernel.events import Recorded
from domain.kernel.identifiers import derived
from domain.notifications.events.delivery import DeliveryBegun
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, many, one
from projections.engine.model import Model
from projections.notifications.delivery import Delivery
from projections.notifications.notification import Notification


class DeliveryItem(Model, visible="delivery"):
    """A notification that a delivery brings."""

    number: int = column("Its place among those that go together, from 1.", order=True)
    delivery: To[Delivery] = one("The delivery.", inverse=many("items", "What it brings.", order="number"))
    notification: To[Notification] = one("What it tells, if you were told.")


def item_ids(said: Recorded[DeliveryBegun]) -> Iterable[UUID]:
    """The rows that it makes."""
    return (derived("notifications.delivery_item", said.thing, each) for each in said.event.notifications)


@feeds(by=item_ids)
def begun(said: Recorded[DeliveryBegun]) -> Iterable[DeliveryItem]:
    for number, notification in enumerate(dict.fromkeys(said.event.notifications), start=1):
        key = derived("notifications.delivery_item", said.thing, notification)
        yield DeliveryItem(id=key, number=number, delivery=said.thing, notification=notification)
