"""Muting: what one person wishes to hear of one channel."""

from datetime import datetime
from typing import assert_never

from msgspec.structs import replace

from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.states import NOTHING, Events, Maybe, State
from domain.messaging.channel import Channel
from domain.messaging.commands.muting import MuteChannel, UnmuteChannel
from domain.messaging.events.muting import ChannelMuted, ChannelUnmuted, MutingEvent
from domain.messaging.ids import ChannelId
from domain.messaging.membership import seen


class Muting(State[MutingEvent], kind="messaging.muting", key=(ChannelId, PersonId)):
    """Whether somebody wishes to hear nothing of a channel, and until when."""

    muted: bool = False
    until: datetime | None = None

    def evolve(self, event: MutingEvent) -> "Muting":
        match event:
            case ChannelMuted(until=until):
                return replace(self, muted=True, until=until)
            case ChannelUnmuted():
                return replace(self, muted=False, until=None)
            case _:
                assert_never(event)


MINE = by("channel", "actor")


@decides(allowed=seen("channel"))
def mute(command: MuteChannel, actor: PersonId, channel: Channel, muting: Maybe[Muting] = MINE) -> Events:
    if muting.muted and muting.until == command.until:
        return NOTHING
    return muting.records(ChannelMuted(channel=command.channel, person=actor, until=command.until))


@decides(allowed=seen("channel"))
def unmute(command: UnmuteChannel, actor: PersonId, channel: Channel, muting: Maybe[Muting] = MINE) -> Events:
    return muting.records(ChannelUnmuted(channel=command.channel, person=actor)) if muting.muted else NOTHING
