"""What happens on the way out: planned, begun, and made or not. None of it holds content or an address."""

from datetime import datetime
from typing import Literal

import msgspec

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.notifications.events.preferences import Way
from domain.notifications.ids import NotificationId

Obstacle = Literal["unreachable", "refused", "no_address", "not_active", "nothing_left", "not_offered"]
"""What stands in the way: nobody answers; it isn't accepted; they have no address or program; they take part no longer; all of
it was read meanwhile or may not be seen any more; this way isn't set up here."""


class Planned(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When somebody is told in one way: by their preferences, quiet hours and time zone of the moment it was planned."""

    person: PersonId
    way: Way
    at: datetime


class DeliveriesPlanned(Event, wire="notifications.deliveries_planned.v1"):
    """People are told of a notification outside the platform too, at these times."""

    notification: NotificationId
    plans: tuple[Planned, ...]


class DeliveryBegun(Event, wire="notifications.delivery_begun.v1"):
    """These notifications are brought to somebody together. Every attempt carries the delivery's id."""

    person: PersonId
    way: Way
    notifications: tuple[NotificationId, ...]


class DeliveryMade(Event, wire="notifications.delivery_made.v1"):
    """It was taken on: by the mail server, or by the program that was called."""

    attempt: int


class DeliveryFailed(Event, wire="notifications.delivery_failed.v1"):
    """This attempt came to nothing; there is another one at a later time."""

    attempt: int
    obstacle: Obstacle
    again_at: datetime


class DeliveryGivenUp(Event, wire="notifications.delivery_given_up.v1"):
    """There is no further attempt."""

    attempt: int
    obstacle: Obstacle


DeliveryEvent = DeliveryBegun | DeliveryMade | DeliveryFailed | DeliveryGivenUp

catalogue(DeliveriesPlanned, DeliveryBegun, DeliveryMade, DeliveryFailed, DeliveryGivenUp)
