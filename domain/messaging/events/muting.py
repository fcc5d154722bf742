"""What somebody wishes to hear of a channel. A stream of their own, which nothing that is said in the channel rests on."""

from datetime import datetime

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.messaging.ids import ChannelId


class ChannelMuted(Event, wire="messaging.channel_muted.v1"):
    """Somebody wishes to be told nothing of a channel, for good or until a time; mentions of them still count."""

    channel: ChannelId
    person: PersonId
    until: datetime | None = None


class ChannelUnmuted(Event, wire="messaging.channel_unmuted.v1"):
    """Somebody wishes to be told of a channel again."""

    channel: ChannelId
    person: PersonId


MutingEvent = ChannelMuted | ChannelUnmuted

catalogue(ChannelMuted, ChannelUnmuted)
