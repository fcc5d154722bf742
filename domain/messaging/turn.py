"""Slow mode: where it is on, everybody but those who keep the channel waits between two messages."""

from datetime import datetime, timedelta
from typing import Annotated

from msgspec.structs import replace

from domain.directory.membership import DepartmentMembership
from domain.kernel.identifiers import DayId, PersonId
from domain.kernel.loads import by
from domain.kernel.refusals import Refusal
from domain.kernel.states import NOTHING, Events, State
from domain.messaging.channel import Channel
from domain.messaging.events.turn import TurnTaken
from domain.messaging.ids import ChannelId, MessageId
from domain.messaging.membership import Membership, keeps


class Turn(State[TurnTaken], kind="messaging.turn", key=(ChannelId, PersonId, DayId)):
    """When somebody last said something in a channel in slow mode, on one day.

    A stream for each day, so that none grows with what is said; nobody waits for longer than a day.
    """

    last: datetime | None = None

    def evolve(self, event: TurnTaken) -> "Turn":
        return replace(self, last=event.at)


TODAY, YESTERDAY = by("channel.slowed", "actor", "today"), by("channel.slowed", "actor", "yesterday")


class TooSoon(Refusal, frozen=True):
    """In this channel one waits between two messages, and you said something a moment ago."""

    seconds: Annotated[int, "How long one waits."]
    again: Annotated[datetime, "From when on you may say something again."]


def turn_taken(
    today: Turn | None,
    yesterday: Turn | None,
    channel: Channel,
    person: PersonId,
    message: MessageId,
    now: datetime,
    membership: Membership,
    belonging: DepartmentMembership | None,
) -> Events | TooSoon:
    """That somebody says something now, or why not yet. Without these states nobody waits; who keeps the channel never does."""
    if today is None or yesterday is None or keeps(membership, belonging):
        return NOTHING
    last = today.last or yesterday.last
    if last is not None and now < (again := last + timedelta(seconds=channel.interval)):
        return TooSoon(seconds=channel.interval, again=again)
    return today.records(TurnTaken(channel=ChannelId(channel.thing), person=person, message=message, at=now))
