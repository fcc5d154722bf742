"""What is handed over when somebody leaves: the channels that nobody else keeps.

A file like this says it for each kind of thing that must be somebody's. Two policies make a hand-over: one gives what is owned
to whoever takes over, the other gives it back where leaving is undone.
"""

from collections.abc import AsyncIterator

from application.policies.declaration import policy
from application.ports.directory import Belongings
from domain.directory.events.person import OffboardingUndone, PersonOffboarded
from domain.kernel.events import Recorded
from domain.messaging.commands.membership import HandBackChannel, TakeOverChannel


@policy
async def hand_over_channels(left: Recorded[PersonOffboarded], belongings: Belongings) -> AsyncIterator[TakeOverChannel]:
    """A channel without anybody who keeps it would be nobody's to rename, to close or to let people into."""
    person, successor = left.event.person, left.event.successor
    if successor is not None:
        for channel in await belongings.channels(person, left.position):
            yield TakeOverChannel(channel=channel, person=successor, predecessor=person)


@policy
async def hand_back_channels(stays: Recorded[OffboardingUndone], belongings: Belongings) -> AsyncIterator[HandBackChannel]:
    """Whoever had taken over is there what they were before."""
    for channel, person in await belongings.channels_taken_over(stays.event.person, stays.position):
        yield HandBackChannel(channel=channel, person=person, predecessor=stays.event.person)
