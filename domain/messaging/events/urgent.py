"""What happens where a message is urgent: people are alerted again and again, until they acknowledge it."""

from datetime import datetime
from typing import Literal

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.messaging.ids import ChannelId, MessageId

AlertEnd = Literal["lifted", "retracted", "left"]
"""Why somebody is alerted no longer who has not acknowledged: it isn't urgent any more, was taken back, or they left."""


class MessageMarkedUrgent(Event, wire="messaging.message_marked_urgent.v1"):
    """The author of a message wants it acknowledged: by `people`, or where those are none, by all its recipients.

    Each of them is alerted every so many minutes, so many times at most. `position` is the message's.
    """

    channel: ChannelId
    by: PersonId
    people: tuple[PersonId, ...] = ()
    every_minutes: int
    at_most: int
    position: int


class UrgencyLifted(Event, wire="messaging.urgency_lifted.v1"):
    """A message isn't urgent any more."""

    by: PersonId


class AlertRaised(Event, wire="messaging.alert_raised.v1"):
    """Somebody is alerted for the first time, and when again; None: not again."""

    message: MessageId
    person: PersonId
    by: PersonId
    next: datetime | None = None


class AlertRepeated(Event, wire="messaging.alert_repeated.v1"):
    """Somebody is alerted again; `number` counts from the first time."""

    message: MessageId
    person: PersonId
    number: int
    next: datetime | None = None


class AlertAcknowledged(Event, wire="messaging.alert_acknowledged.v1"):
    """Somebody has acknowledged an urgent message; `by` is who wanted that."""

    message: MessageId
    person: PersonId
    by: PersonId


class AlertEnded(Event, wire="messaging.alert_ended.v1"):
    """Somebody is alerted no longer, though they have not acknowledged."""

    reason: AlertEnd


UrgencyEvent = MessageMarkedUrgent | UrgencyLifted
AlertEvent = AlertRaised | AlertRepeated | AlertAcknowledged | AlertEnded

catalogue(MessageMarkedUrgent, UrgencyLifted, AlertRaised, AlertRepeated, AlertAcknowledged, AlertEnded)
