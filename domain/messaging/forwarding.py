"""Forwarding: a message shown in another channel. It is referred to, and its words stay where they were said."""

from datetime import datetime

from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.refusals import IdTaken
from domain.kernel.rules import Check
from domain.kernel.states import NOTHING, Events, Maybe, New
from domain.messaging.channel import Channel, ChannelIsArchived, OwnersOnly
from domain.messaging.commands.message import ForwardMessage
from domain.messaging.events.message import MessagePosted
from domain.messaging.membership import OF_CHANNEL, Membership
from domain.messaging.message import AlreadyRetracted, Message
from domain.messaging.newcomers import source_shown
from domain.messaging.posting import may_post, may_speak, said_before
from domain.messaging.turn import TODAY, YESTERDAY, TooSoon, Turn, turn_taken

FORWARDED, SOURCE = by("forwards"), by("forwarded.channel")


def _reads_it(
    forwarded: Message = FORWARDED,
    source: Channel = SOURCE,
    there: Maybe[Membership] = by("forwarded.channel", "actor"),
    oneself: Maybe[Person] = by("actor"),
) -> bool:
    return there.active or (source.visibility == "public" and oneself.kind_of != "guest")


def _reads_it_through_department(
    source: Channel = SOURCE, belonging_there: Maybe[DepartmentMembership] | None = by("source.department", "actor")
) -> bool:
    return belonging_there is not None and belonging_there.active


reader = Check("reader of what is forwarded", _reads_it, hides=True) | Check(
    "reader of what is forwarded, through the department", _reads_it_through_department, hides=True
)


@decides(allowed=may_post("channel") & reader & source_shown)
def forward(
    command: ForwardMessage,
    actor: PersonId,
    now: datetime,
    message: New[Message],
    channel: Channel,
    forwarded: Message = FORWARDED,
    membership: Maybe[Membership] = by("channel", "actor"),
    belonging: Maybe[DepartmentMembership] | None = OF_CHANNEL,
    turn: Maybe[Turn] | None = TODAY,
    last_turn: Maybe[Turn] | None = YESTERDAY,
) -> Events | IdTaken | ChannelIsArchived | OwnersOnly | AlreadyRetracted | TooSoon:
    shown = MessagePosted(
        channel=command.channel, author=actor, text=command.text, forwards=command.forwards, history=channel.history
    )
    if message.exists:
        return NOTHING if said_before(message.posted, shown) else IdTaken(id=command.message)
    if channel.archived:
        return ChannelIsArchived(channel=command.channel)
    if not may_speak(channel, membership, belonging):
        return OwnersOnly(channel=command.channel)
    if forwarded.retracted:
        return AlreadyRetracted(message=command.forwards)
    taken = turn_taken(turn, last_turn, channel, actor, command.message, now, membership, belonging)
    return taken if isinstance(taken, TooSoon) else message.records(shown) + taken
