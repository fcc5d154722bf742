"""Which channels somebody wishes to hear nothing of."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.events import Recorded
from domain.messaging.events.muting import ChannelMuted, ChannelUnmuted
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, listed, one
from projections.engine.model import Model
from projections.messaging.channel import Channel


class ChannelMuting(
    Model,
    visible="{this}.person_id = {viewer}",
    live="viewer",
    queries=(listed("mutedChannels", "The channels that you wish to hear nothing of.", order="-muted_at"),),
    indexes=("channel_id, person_id",),
):
    """A channel that you wish to hear nothing of. Nobody else sees it."""

    muted_at: datetime = column("Since when.", order=True)
    until: datetime | None = column("Until when; nothing where it is for good.", default=None)
    channel: To[Channel] = one("Which channel.")
    person: To[Person] = one("Whose wish it is: yours.", index=True)


@feeds()
def muted(row: ChannelMuting | None, said: Recorded[ChannelMuted]) -> ChannelMuting:
    fact = said.event
    return ChannelMuting(id=said.thing, muted_at=said.effective_at, until=fact.until, channel=fact.channel, person=fact.person)


@feeds()
def unmuted(row: ChannelMuting, said: Recorded[ChannelUnmuted]) -> None:
    return None
