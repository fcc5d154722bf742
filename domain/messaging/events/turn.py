"""Saying something where everybody waits between two messages."""

from datetime import datetime

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.messaging.ids import ChannelId, MessageId


class TurnTaken(Event, wire="messaging.turn_taken.v1"):
    """Somebody said something in a channel in slow mode. `at` is the time from which they wait."""

    channel: ChannelId
    person: PersonId
    message: MessageId
    at: datetime


catalogue(TurnTaken)
