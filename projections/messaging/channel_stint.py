"""From when until when people took part in channels of their own: who was there when something was said."""

from __future__ import annotations

from domain.kernel.events import Recorded
from domain.messaging.events.membership import MemberAdded, MemberJoined, MemberLeft, MemberRemoved
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, one, replace
from projections.engine.model import Model
from projections.engine.values import Long
from projections.messaging.channel import Channel
from projections.messaging.channel_membership import ChannelMembership


class ChannelStint(Model, visible="channel", indexes=("channel_id, person_id",)):
    """A time in which somebody took part in a channel, not owed to a department."""

    since: Long = column("The position at which it began.", order=True)
    until: Long | None = column("The position at which it ended; nothing while it lasts.", default=None)
    membership: To[ChannelMembership] = one("The place that they had, or have.", index=True)
    channel: To[Channel] = one("Where.")
    person: To[Person] = one("Who.")


@feeds()
def began(said: Recorded[MemberJoined | MemberAdded]) -> ChannelStint:
    fact = said.event
    return ChannelStint(id=said.id, since=Long(said.position), membership=said.thing, channel=fact.channel, person=fact.person)


@feeds(where={"membership": "thing"})
def ended(row: ChannelStint, said: Recorded[MemberLeft | MemberRemoved]) -> ChannelStint:
    return row if row.until is not None else replace(row, until=Long(said.position))
