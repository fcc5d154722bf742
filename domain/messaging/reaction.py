"""Reactions: the signs with which one person answered one message."""

from typing import Annotated, assert_never

from msgspec.structs import replace

from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.refusals import Refusal
from domain.kernel.states import NOTHING, Events, Maybe, State
from domain.messaging.awaited_reply import AwaitedReply, answered
from domain.messaging.channel import Channel, ChannelIsArchived
from domain.messaging.commands.reaction import AddReaction, RemoveReaction
from domain.messaging.events.reaction import ReactionAdded, ReactionEvent, ReactionRemoved
from domain.messaging.ids import MessageId
from domain.messaging.membership import member_of
from domain.messaging.message import WHERE, AlreadyRetracted, Message, settled
from domain.messaging.newcomers import shown

SIGNS = 20
"""With how many different signs one person may answer one message."""


class Reaction(State[ReactionEvent], kind="messaging.reaction", key=(MessageId, PersonId)):
    """The signs of one person at one message."""

    emoji: frozenset[str] = frozenset()

    def evolve(self, event: ReactionEvent) -> "Reaction":
        match event:
            case ReactionAdded(emoji=emoji):
                return replace(self, emoji=self.emoji | {emoji})
            case ReactionRemoved(emoji=emoji):
                return replace(self, emoji=self.emoji - {emoji})
            case _:
                assert_never(event)


class TooManyReactions(Refusal, frozen=True):
    """You have answered this message with as many signs as one may."""

    limit: Annotated[int, "How many that is."]


@decides(allowed=member_of("message.channel") & shown)
def add(
    command: AddReaction,
    actor: PersonId,
    message: Message,
    channel: Channel = WHERE,
    reaction: Maybe[Reaction] = by("message", "actor"),
    owed: Maybe[AwaitedReply] = by("message", "actor"),
) -> Events | TooManyReactions | AlreadyRetracted | ChannelIsArchived:
    if command.emoji in reaction.emoji:
        return NOTHING
    if len(reaction.emoji) >= SIGNS:
        return TooManyReactions(limit=SIGNS)
    added = ReactionAdded(message=command.message, person=actor, emoji=command.emoji)
    return settled(message, channel) or reaction.records(added) + answered(owed, sign=command.emoji)


@decides(allowed=member_of("message.channel") & shown)
def remove(
    command: RemoveReaction,
    actor: PersonId,
    message: Message,
    channel: Channel = WHERE,
    reaction: Maybe[Reaction] = by("message", "actor"),
) -> Events | ChannelIsArchived:
    if command.emoji not in reaction.emoji:
        return NOTHING
    if channel.archived and message.channel:
        return ChannelIsArchived(channel=message.channel)
    return reaction.records(ReactionRemoved(message=command.message, person=actor, emoji=command.emoji))
