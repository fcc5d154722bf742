"""Mentioning everybody in a channel at once: who may, and how often."""

from datetime import datetime, timedelta
from typing import Annotated

from msgspec.structs import replace

from domain.kernel.identifiers import PersonId
from domain.kernel.refusals import Refusal
from domain.kernel.states import Events, State
from domain.messaging.events.calling import EverybodyCalled
from domain.messaging.ids import ChannelId, MessageId

CALLS, WITHIN = 5, timedelta(hours=1)
"""How often one person may call everybody in one channel, and within what time."""


class Calling(State[EverybodyCalled], kind="messaging.calling", key=(ChannelId, PersonId)):
    """When somebody called everybody in a channel: the last times that the limit counts."""

    times: tuple[datetime, ...] = ()

    def evolve(self, event: EverybodyCalled) -> "Calling":
        return replace(self, times=(*self.times, event.at)[-CALLS:])


class TooManyCalls(Refusal, frozen=True):
    """You have mentioned everybody in this channel as often as one may."""

    limit: Annotated[int, "How often one may, within an hour."]
    again: Annotated[datetime, "From when on you may again."]


def called(calling: Calling, channel: ChannelId, person: PersonId, message: MessageId, now: datetime) -> Events | TooManyCalls:
    """That everybody is called, or why not."""
    if len(calling.times) == CALLS and now < (again := calling.times[0] + WITHIN):
        return TooManyCalls(limit=CALLS, again=again)
    return calling.records(EverybodyCalled(channel=channel, person=person, message=message, at=now))
