"""A message: said once; then perhaps edited, kept at hand, or taken back."""

from datetime import datetime
from typing import Annotated, assert_never

from msgspec.structs import replace

from domain.directory.department import Department
from domain.directory.events import DepartmentId
from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person, UnknownPeople, unknown
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.personal import Erased
from domain.kernel.refusals import IdTaken, Refusal
from domain.kernel.rules import Check, Rule
from domain.kernel.states import NOTHING, Events, Maybe, New, State
from domain.messaging.calling import Calling, TooManyCalls, called
from domain.messaging.channel import Channel, ChannelIsArchived, OwnersOnly
from domain.messaging.commands.message import AttachedFile, EditMessage, PinMessage, PostMessage, RetractMessage, UnpinMessage
from domain.messaging.events.message import (
    Attachment,
    Link,
    MessageEdited,
    MessageEditNoted,
    MessageEvent,
    MessagePinned,
    MessagePosted,
    MessageRetracted,
    MessageUnpinned,
)
from domain.messaging.ids import ChannelId, MessageId, UserGroupId
from domain.messaging.membership import OF_CHANNEL, Membership, keeper_of, keeps, member_of, seen
from domain.messaging.user_group import UserGroup


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


def may_post(channel: str) -> Rule:
    """Whoever may say something in the channel that this path names."""
    return member_of(channel)


class UnknownAudience(Refusal, frozen=True):
    """A department or group that was mentioned isn't there, or no longer."""

    departments: Annotated[tuple[DepartmentId, ...], "The departments."]
    groups: Annotated[tuple[UserGroupId, ...], "The groups."]


Unsaid = (
    IdTaken
    | ChannelIsArchived
    | OwnersOnly
    | NothingSaid
    | NoSuchMessage
    | IsAReply
    | UnknownPeople
    | UnknownAudience
    | TooManyCalls
)
"""Why something can't be said in a channel where one takes part."""


@decides(allowed=may_post("channel"))
def post(
    command: PostMessage,
    actor: PersonId,
    now: datetime,
    message: New[Message],
    channel: Channel,
    root: Maybe[Message] | None = by("thread"),
    quoted: Maybe[Message] | None = by("quotes"),
    mentioned: tuple[Maybe[Person], ...] = by("mentions"),
    departments: tuple[Maybe[Department], ...] = by("departments"),
    groups: tuple[Maybe[UserGroup], ...] = by("groups"),
    membership: Maybe[Membership] = by("channel", "actor"),
    belonging: Maybe[DepartmentMembership] | None = OF_CHANNEL,
    calling: Maybe[Calling] | None = by("called_channel", "actor"),
) -> Events | Unsaid:
    posted = posted_by(actor, command, channel)
    if message.exists:
        return NOTHING if said_before(message.posted, posted) else IdTaken(id=command.message)
    if channel.archived:
        return ChannelIsArchived(channel=command.channel)
    if not may_speak(channel, membership, belonging, command.thread):
        return OwnersOnly(channel=command.channel)
    if not command.text.strip() and not command.attachments:
        return NothingSaid()
    unfit = _unfit(root, quoted, command) or unknown(mentioned) or _unknown_audience(departments, groups)
    if unfit or calling is None:
        return unfit or message.records(posted)
    if channel.calling == "owners" and not keeps(membership, belonging):
        return OwnersOnly(channel=command.channel)
    calls = called(calling, command.channel, actor, command.message, now)
    return calls if isinstance(calls, Refusal) else message.records(posted) + calls


def _unknown_audience(departments: tuple[Department, ...], groups: tuple[UserGroup, ...]) -> UnknownAudience | None:
    away = tuple(DepartmentId(each.thing) for each in departments if not each.exists or each.status == "closed")
    gone = tuple(UserGroupId(each.thing) for each in groups if not each.mentionable)
    return UnknownAudience(departments=away, groups=gone) if away or gone else None


def said_before(said: MessagePosted | None, again: MessagePosted) -> bool:
    """Whether this was said before, whatever has been settled for newcomers since."""
    return said is not None and replace(said, history=again.history) == again


def may_speak(
    channel: Channel, membership: Membership, belonging: DepartmentMembership | None, thread: MessageId | None = None
) -> bool:
    """Whether this member says something new in the channel, or answers in a thread."""
    open_to_members = channel.posting == "members" or (channel.posting == "replies" and thread is not None)
    return open_to_members or keeps(membership, belonging)


def posted_by(author: PersonId, command: PostMessage, channel: Channel) -> MessagePosted:
    """What happens when somebody says this."""
    return MessagePosted(
        channel=command.channel,
        author=author,
        text=command.text,
        thread=command.thread,
        also_in_channel=command.also_in_channel and command.thread is not None,
        quotes=command.quotes,
        mentions=command.mentions,
        departments=command.departments,
        groups=command.groups,
        calls=command.calls,
        links=tuple(Link(**dict(page)) for page in command.links),
        attachments=tuple(_attached(file, author) for file in command.attachments),
        history=channel.history,
    )


def _attached(file: AttachedFile, owner: PersonId) -> Attachment:
    return Attachment(**dict(file), owner=owner)


def _unfit(root: Message | None, quoted: Message | None, command: PostMessage) -> NoSuchMessage | IsAReply | None:
    """Why this can't be said in reply to `root` and with `quoted`, if so. Absent and elsewhere are answered alike."""
    if quoted is not None and quoted.channel != command.channel:
        return NoSuchMessage(message=MessageId(quoted.thing))
    return in_thread(root, command.channel)


def in_thread(root: Message | None, channel: ChannelId) -> NoSuchMessage | IsAReply | None:
    """Why a message of this channel can't reply to `root`, if so."""
    if root is None:
        return None
    if root.channel != channel:
        return NoSuchMessage(message=MessageId(root.thing))
    return None if root.thread is None else IsAReply(message=MessageId(root.thing), thread=root.thread)


@decides(allowed=member_of("message.channel") & the_author)
def edit(
    command: EditMessage,
    actor: PersonId,
    message: Message,
    channel: Channel = WHERE,
    mentioned: tuple[Maybe[Person], ...] = by("mentions"),
) -> Events | AlreadyRetracted | ChannelIsArchived | NothingSaid | UnknownPeople:
    if (message.text, message.mentions) == (command.text, command.mentions) and not message.retracted:
        return NOTHING
    if not command.text.strip():
        return NothingSaid()
    edited = MessageEdited(author=actor, text=command.text, mentions=command.mentions)
    return settled(message, channel) or unknown(mentioned) or message.records(edited)


@decides(allowed=the_author.known_to(seen("message.channel")) | keeper_of("message.channel"))
def retract(command: RetractMessage, actor: PersonId, message: Message) -> Events:
    return NOTHING if message.retracted else message.records(MessageRetracted(by=actor))


@decides(allowed=member_of("message.channel"))
def pin(
    command: PinMessage,
    actor: PersonId,
    message: Message,
    channel: Channel = WHERE,
    membership: Maybe[Membership] = MY_MEMBERSHIP,
    belonging: Maybe[DepartmentMembership] | None = OF_CHANNEL,
) -> Events | AlreadyRetracted | ChannelIsArchived | OwnersOnly:
    if message.pinned:
        return NOTHING
    if channel.pinning == "owners" and not keeps(membership, belonging):
        return OwnersOnly(channel=ChannelId(channel.thing))
    return settled(message, channel) or message.records(MessagePinned(by=actor))


@decides(allowed=member_of("message.channel"))
def unpin(
    command: UnpinMessage,
    actor: PersonId,
    message: Message,
    channel: Channel = WHERE,
    membership: Maybe[Membership] = MY_MEMBERSHIP,
    belonging: Maybe[DepartmentMembership] | None = OF_CHANNEL,
) -> Events | ChannelIsArchived | OwnersOnly:
    if not message.pinned:
        return NOTHING
    if channel.pinning == "owners" and not keeps(membership, belonging):
        return OwnersOnly(channel=ChannelId(channel.thing))
    if channel.archived:
        return ChannelIsArchived(channel=ChannelId(channel.thing))
    return message.records(MessageUnpinned(by=actor))


def settled(message: Message, channel: Channel) -> AlreadyRetracted | ChannelIsArchived | None:
    """Why nothing about a message changes any more, if so."""
    if message.retracted:
        return AlreadyRetracted(message=MessageId(message.thing))
    return ChannelIsArchived(channel=ChannelId(channel.thing)) if channel.archived else None
