"""Saying something in a channel, in a thread, with a quote; and whom it calls."""

from datetime import datetime
from typing import Annotated

from msgspec.structs import replace

from domain.directory.department import Department
from domain.directory.ids import DepartmentId
from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person, UnknownPeople, unknown
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.refusals import IdTaken, Refusal
from domain.kernel.rules import Rule
from domain.kernel.states import NOTHING, Events, Maybe, New
from domain.messaging.awaited_reply import AwaitedReply, answered
from domain.messaging.calling import Calling, TooManyCalls, called
from domain.messaging.channel import Channel, ChannelIsArchived, OwnersOnly
from domain.messaging.commands.message import AttachedFile, PostMessage
from domain.messaging.events.message import Attachment, Link, MessagePosted
from domain.messaging.ids import MessageId, UserGroupId
from domain.messaging.membership import OF_CHANNEL, Membership, keeps, member_of
from domain.messaging.message import IsAReply, Message, NoSuchMessage, NothingSaid, in_thread
from domain.messaging.newcomers import quote_shown, thread_shown
from domain.messaging.turn import TODAY, YESTERDAY, TooSoon, Turn, turn_taken
from domain.messaging.user_group import UserGroup


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
    | TooSoon
)
"""Why something can't be said in a channel where one takes part."""


@decides(allowed=may_post("channel") & thread_shown & quote_shown)
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
    owed: Maybe[AwaitedReply] | None = by("thread", "actor"),
    turn: Maybe[Turn] | None = TODAY,
    last_turn: Maybe[Turn] | None = YESTERDAY,
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
    taken = turn_taken(turn, last_turn, channel, actor, command.message, now, membership, belonging)
    if unfit or isinstance(taken, TooSoon):
        return unfit or taken
    if calling is None:
        return message.records(posted) + taken + answered(owed)
    if channel.calling == "owners" and not keeps(membership, belonging):
        return OwnersOnly(channel=command.channel)
    calls = called(calling, command.channel, actor, command.message, now)
    return calls if isinstance(calls, Refusal) else message.records(posted) + taken + calls + answered(owed)


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
