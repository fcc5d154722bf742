"""A message: said once; then perhaps edited, kept at hand, or taken back. What is done about it stands in files of its own."""

from typing import Annotated, assert_never

from msgspec.structs import replace

from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.personal import Erased
from domain.kernel.refusals import Refusal
from domain.kernel.rules import Check
from domain.kernel.states import State
from domain.messaging.channel import Channel, ChannelIsArchived
from domain.messaging.events.message import (
    MessageEdited,
    MessageEditNoted,
    MessageEvent,
    MessagePinned,
    MessagePosted,
    MessageRetracted,
    MessageUnpinned,
)
from domain.messaging.ids import ChannelId, MessageId


class Message(State[MessageEvent], kind="messaging.message", key=(MessageId,)):
    """Where a message stands: how it was posted, what it says now, and whether it was taken back."""

    posted: MessagePosted | None = None
    channel: ChannelId | None = None
    author: PersonId | None = None
    thread: MessageId | None = None
    text: str | Erased = ""
    mentions: tuple[PersonId, ...] = ()
    edit_noted: bool = False
    pinned: bool = False
    retracted: bool = False

    def evolve(self, event: MessageEvent) -> "Message":
        match event:
            case MessagePosted(channel=channel, author=author, thread=thread, text=text, mentions=mentions):
                return replace(self, posted=event, channel=channel, author=author, thread=thread, text=text, mentions=mentions)
            case MessageEdited(text=text, mentions=mentions):
                return replace(self, text=text, mentions=mentions)
            case MessageEditNoted():
                return replace(self, edit_noted=True)
            case MessageRetracted():
                return replace(self, retracted=True, pinned=False)
            case MessagePinned():
                return replace(self, pinned=True)
            case MessageUnpinned():
                return replace(self, pinned=False)
            case _:
                assert_never(event)


class AlreadyRetracted(Refusal, frozen=True):
    """It was taken back, and can't be changed or answered."""

    message: Annotated[MessageId, "The message."]


class NothingSaid(Refusal, frozen=True):
    """A message needs words, or a file that goes with it."""


class NoSuchMessage(Refusal, frozen=True):
    """The message that is replied to or quoted is not in this channel."""

    message: Annotated[MessageId, "What was looked for."]


class IsAReply(Refusal, frozen=True):
    """A reply belongs to the message that began the thread, not to another reply."""

    message: Annotated[MessageId, "The reply."]
    thread: Annotated[MessageId, "The message that its thread began with."]


def _wrote_it(message: Message, actor: PersonId) -> bool:
    return message.author == actor


WHERE = by("message.channel")
MY_MEMBERSHIP = by("message.channel", "actor")
the_author = Check("author of the message", _wrote_it)


def in_thread(root: Message | None, channel: ChannelId) -> NoSuchMessage | IsAReply | None:
    """Why a message of this channel can't reply to `root`, if so."""
    if root is None:
        return None
    if root.channel != channel:
        return NoSuchMessage(message=MessageId(root.thing))
    return None if root.thread is None else IsAReply(message=MessageId(root.thing), thread=root.thread)


def settled(message: Message, channel: Channel) -> AlreadyRetracted | ChannelIsArchived | None:
    """Why nothing about a message changes any more, if so."""
    if message.retracted:
        return AlreadyRetracted(message=MessageId(message.thing))
    return ChannelIsArchived(channel=ChannelId(channel.thing)) if channel.archived else None
