"""Mentioning everybody in a channel at once."""

from datetime import datetime

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.messaging.ids import ChannelId, MessageId


class EverybodyCalled(Event, wire="messaging.everybody_called.v1"):
    """Somebody mentioned everybody in a channel; how often one may is limited. `at` is the time that the limit counts from."""

    channel: ChannelId
    person: PersonId
    message: MessageId
    at: datetime


catalogue(EverybodyCalled)
