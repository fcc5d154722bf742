"""What another system says of channels and messages, as events of streams that don't hold it yet.

Every function asks one stream's state and answers with NOTHING where that says the same already. A history that goes to
and fro (pinned, unpinned, pinned) is asked of the state that its own earlier part has left, else it would be told again.
Of a message that was never posted, nothing else is said. Limits of commands don't apply: what was said elsewhere is taken
as it was said.
"""

from datetime import datetime

from domain.directory.ids import DepartmentId
from domain.kernel.identifiers import PersonId
from domain.kernel.states import NOTHING, Events
from domain.messaging.channel import Channel
from domain.messaging.events.channel import (
    ChannelArchived,
    ChannelKind,
    ChannelOpened,
    ChannelRenamed,
    ChannelReopened,
    ChannelSettingsChanged,
    ChannelTopicChanged,
    ChannelVisibilityChanged,
    Visibility,
)
from domain.messaging.events.membership import (
    ChannelHandedOver,
    MemberAdded,
    MemberJoined,
    MemberLeft,
    MemberRemoved,
    MemberRoleChanged,
    Role,
)
from domain.messaging.events.message import (
    Attachment,
    Call,
    MessageEdited,
    MessageEditNoted,
    MessagePinned,
    MessagePosted,
    MessageRetracted,
    MessageUnpinned,
)
from domain.messaging.events.notice import NoticeSet
from domain.messaging.events.poll import PollAnswered, PollClosed, PollOpened
from domain.messaging.events.reaction import ReactionAdded, ReactionRemoved
from domain.messaging.ids import ChannelId, MessageId, PollId
from domain.messaging.joining import owners_with, owners_without
from domain.messaging.membership import Membership
from domain.messaging.message import Message
from domain.messaging.notice import Notice
from domain.messaging.poll import Poll, PollAnswer
from domain.messaging.reaction import Reaction


def mention(person: PersonId) -> str:
    """How somebody is mentioned in a text."""
    return f"<@{person}>"


def channel_opened(
    channel: Channel,
    *,
    kind: ChannelKind,
    visibility: Visibility,
    name: str | None = None,
    topic: str | None = None,
    department: DepartmentId | None = None,
    by: PersonId | None = None,
) -> Events:
    """A channel was opened; its members are said apart."""
    opened = ChannelOpened(
        channel=ChannelId(channel.thing),
        kind=kind,
        visibility=visibility,
        name=name,
        topic=topic,
        department=department,
        by=by,
    )
    return NOTHING if channel.exists else channel.records(opened)


def channel_renamed(channel: Channel, *, name: str, by: PersonId | None = None) -> Events:
    """A channel got another name."""
    renamed = ChannelRenamed(channel=ChannelId(channel.thing), name=name, by=by)
    return NOTHING if channel.name == name else channel.records(renamed)


def topic_changed(channel: Channel, *, topic: str | None, by: PersonId | None = None) -> Events:
    """It was said anew what a channel is about."""
    changed = ChannelTopicChanged(channel=ChannelId(channel.thing), topic=topic, by=by)
    return NOTHING if channel.topic == topic else channel.records(changed)


def visibility_changed(channel: Channel, *, visibility: Visibility, by: PersonId | None = None) -> Events:
    """A channel became public or private."""
    changed = ChannelVisibilityChanged(channel=ChannelId(channel.thing), visibility=visibility, by=by)
    return NOTHING if channel.visibility == visibility else channel.records(changed)


def channel_archived(channel: Channel, *, by: PersonId | None = None) -> Events:
    """Nothing more was said in a channel."""
    return NOTHING if channel.archived else channel.records(ChannelArchived(channel=ChannelId(channel.thing), by=by))


def channel_reopened(channel: Channel, *, by: PersonId | None = None) -> Events:
    """An archived channel was talked in again."""
    return channel.records(ChannelReopened(channel=ChannelId(channel.thing), by=by)) if channel.archived else NOTHING


def member_came(
    membership: Membership, *, channel: ChannelId, person: PersonId, by: PersonId | None = None, role: Role = "member"
) -> Events:
    """Somebody became a member, by themselves (`by` is the same person) or brought by another; or now keeps the channel."""
    if membership.active and (role == membership.role or role == "member"):
        return NOTHING
    if membership.active:
        return membership.records(MemberRoleChanged(channel=channel, person=person, role=role, by=by))
    if by == person and role == "member":
        return membership.records(MemberJoined(channel=channel, person=person))
    return membership.records(MemberAdded(channel=channel, person=person, by=by, role=role))


def owner_came(channel: Channel, *, person: PersonId, by: PersonId | None = None) -> Events:
    """A member keeps the channel; their role is said apart."""
    return owners_with(channel, person, by) if channel.exists else NOTHING


def owner_went(channel: Channel, *, person: PersonId, by: PersonId | None = None) -> Events:
    """Somebody who may have kept the channel is no longer a member, which is said apart."""
    return owners_without(channel, person, by)


def channel_handed_over(membership: Membership, *, channel: ChannelId, person: PersonId, predecessor: PersonId) -> Events:
    """Somebody kept a channel in the place of one who has left; that they are among its owners is said apart."""
    taken_over = ChannelHandedOver(channel=channel, person=person, predecessor=predecessor)
    return NOTHING if membership.role == "owner" else membership.records(taken_over)


def member_went(membership: Membership, *, channel: ChannelId, person: PersonId, by: PersonId | None = None) -> Events:
    """Somebody is no longer a member, by themselves (`by` is the same person) or removed by another."""
    if not membership.active:
        return NOTHING
    if by == person:
        return membership.records(MemberLeft(channel=channel, person=person))
    return membership.records(MemberRemoved(channel=channel, person=person, by=by))


def posted(
    message: Message,
    *,
    channel: ChannelId,
    author: PersonId,
    text: str,
    thread: MessageId | None = None,
    also_in_channel: bool = False,
    quotes: MessageId | None = None,
    forwards: MessageId | None = None,
    mentions: tuple[PersonId, ...] = (),
    attachments: tuple[Attachment, ...] = (),
    calls: Call | None = None,
    poll: PollId | None = None,
) -> Events:
    """Something was said. Whoever is mentioned stands in the text as `mention` writes them."""
    said = MessagePosted(
        channel=channel,
        author=author,
        text=text,
        thread=thread,
        also_in_channel=also_in_channel,
        quotes=quotes,
        forwards=forwards,
        mentions=mentions,
        attachments=attachments,
        calls=calls,
        poll=poll,
    )
    return NOTHING if message.exists else message.records(said)


def announcing(channel: Channel, *, by: PersonId | None = None) -> Events:
    """Only those who keep a channel say something new there."""
    settled = ChannelSettingsChanged(
        channel=ChannelId(channel.thing),
        posting="replies",
        inviting=channel.inviting,
        pinning=channel.pinning,
        calling=channel.calling,
        by=by,
    )
    return NOTHING if channel.posting == "replies" else channel.records(settled)


def noticed(notice: Notice, *, channel: ChannelId, message: MessageId, by: PersonId) -> Events:
    """A message was set on top of its channel."""
    return NOTHING if notice.message == message else notice.records(NoticeSet(channel=channel, message=message, by=by))


def poll_opened(
    poll: Poll,
    *,
    channel: ChannelId,
    message: MessageId,
    author: PersonId,
    options: tuple[str, ...],
    several: bool,
    closes_at: datetime | None = None,
) -> Events:
    """People were asked to choose."""
    opened = PollOpened(
        poll=PollId(poll.thing),
        channel=channel,
        message=message,
        author=author,
        options=options,
        several=several,
        closes_at=closes_at,
    )
    return NOTHING if poll.exists else poll.records(opened)


def poll_closed(poll: Poll, *, by: PersonId) -> Events:
    """Nobody chose any more."""
    done = poll.closed or not poll.exists
    return NOTHING if done else poll.records(PollClosed(poll=PollId(poll.thing), by=by))


def poll_answered(answer: PollAnswer, *, poll: PollId, person: PersonId, choices: tuple[int, ...]) -> Events:
    """Somebody chose."""
    answered = PollAnswered(poll=poll, person=person, choices=choices)
    return NOTHING if answer.choices == choices else answer.records(answered)


def edited(message: Message, *, author: PersonId, text: str, mentions: tuple[PersonId, ...] = ()) -> Events:
    """A message was put in other words."""
    if message.text == text or message.retracted or not message.exists:
        return NOTHING
    return message.records(MessageEdited(author=author, text=text, mentions=mentions))


def edit_noted(message: Message, *, by: PersonId | None = None) -> Events:
    """A message had been edited, and only its last words are known: those it was posted with."""
    return NOTHING if message.edit_noted or not message.exists else message.records(MessageEditNoted(by=by))


def retracted(message: Message, *, by: PersonId | None = None) -> Events:
    """A message was taken back."""
    return NOTHING if message.retracted or not message.exists else message.records(MessageRetracted(by=by))


def pinned(message: Message, *, by: PersonId | None = None) -> Events:
    """A message was kept at hand in its channel."""
    done = message.pinned or message.retracted or not message.exists
    return NOTHING if done else message.records(MessagePinned(by=by))


def unpinned(message: Message, *, by: PersonId | None = None) -> Events:
    """A message was no longer kept at hand."""
    return message.records(MessageUnpinned(by=by)) if message.pinned else NOTHING


def reaction_added(reaction: Reaction, *, message: MessageId, person: PersonId, emoji: str) -> Events:
    """Somebody answered a message with a sign."""
    added = ReactionAdded(message=message, person=person, emoji=emoji)
    return NOTHING if emoji in reaction.emoji else reaction.records(added)


def reaction_removed(reaction: Reaction, *, message: MessageId, person: PersonId, emoji: str) -> Events:
    """Somebody took such a sign back."""
    removed = ReactionRemoved(message=message, person=person, emoji=emoji)
    return reaction.records(removed) if emoji in reaction.emoji else NOTHING
