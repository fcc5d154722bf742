"""What happens where people talk.

`by` is who wished it. The envelope's actor is the same person, but for what was imported: there the actor is the
importer, and `by` is None where the source doesn't say.
"""

from typing import Annotated, Literal, NewType, TypeVar
from uuid import UUID

import msgspec

from domain.directory.events import DepartmentId
from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import Authored, Contained, Erased

T = TypeVar("T")
ChannelId = NewType("ChannelId", UUID)
MessageId = NewType("MessageId", UUID)
FileId = NewType("FileId", UUID)

ChannelKind = Literal["direct", "group", "department"]
Visibility = Literal["public", "private"]
"""Whoever belongs to the organisation finds a public channel, reads it and may join; a private one is known to its members."""
Role = Literal["member", "owner"]
"""An owner also keeps the channel: its name, topic, members and pins."""

OfChannel = Annotated[T | Erased, Contained("channel")]
"""A text that belongs to the channel, whoever wrote it."""


class Attachment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is known of a file beside a message; its bytes are elsewhere. `size` is in bytes."""

    file: FileId
    name: str
    owner: PersonId
    media_type: str | None = None
    size: int | None = None
    title: str | None = None


class ChannelOpened(Event, wire="messaging.channel_opened.v1"):
    """A place to talk was opened.

    Of a direct channel the people are its name; a department's channel has the department's members for its own.
    """

    channel: ChannelId
    kind: ChannelKind
    visibility: Visibility
    name: OfChannel[str | None] = None
    topic: OfChannel[str | None] = None
    department: DepartmentId | None = None
    by: PersonId | None = None


class ChannelRenamed(Event, wire="messaging.channel_renamed.v1"):
    """A channel has another name and is the same."""

    channel: ChannelId
    name: OfChannel[str]
    by: PersonId | None = None


class ChannelTopicChanged(Event, wire="messaging.channel_topic_changed.v1"):
    """It was said anew what a channel is about; None takes it away."""

    channel: ChannelId
    topic: OfChannel[str | None] = None
    by: PersonId | None = None


class ChannelVisibilityChanged(Event, wire="messaging.channel_visibility_changed.v1"):
    """A channel became public or private."""

    channel: ChannelId
    visibility: Visibility
    by: PersonId | None = None


class ChannelArchived(Event, wire="messaging.channel_archived.v1"):
    """Nothing more is said here; what was said can be read."""

    channel: ChannelId
    by: PersonId | None = None


class ChannelReopened(Event, wire="messaging.channel_reopened.v1"):
    """An archived channel is talked in again."""

    channel: ChannelId
    by: PersonId | None = None


class MemberJoined(Event, wire="messaging.member_joined.v1"):
    """Somebody takes part from now on, by their own wish."""

    channel: ChannelId
    person: PersonId


class MemberAdded(Event, wire="messaging.member_added.v1"):
    """Somebody takes part from now on, because somebody else wished it."""

    channel: ChannelId
    person: PersonId
    by: PersonId | None = None
    role: Role = "member"


class MemberRoleChanged(Event, wire="messaging.member_role_changed.v1"):
    """Somebody keeps the channel now, or no longer does."""

    channel: ChannelId
    person: PersonId
    role: Role
    by: PersonId | None = None


class MemberLeft(Event, wire="messaging.member_left.v1"):
    """Somebody no longer takes part, by their own wish."""

    channel: ChannelId
    person: PersonId


class MemberRemoved(Event, wire="messaging.member_removed.v1"):
    """Somebody no longer takes part, because somebody else wished it."""

    channel: ChannelId
    person: PersonId
    by: PersonId | None = None


class MessagePosted(Event, wire="messaging.message_posted.v1", retention="conversation"):
    """Something was said.

    A person is mentioned in the text as `<@id>`, and never by name. `thread` is the message that a reply belongs to,
    itself no reply; a reply may also be shown in the channel. `quotes` is a message that is shown with this one.
    """

    channel: ChannelId
    author: PersonId
    text: Authored[str]
    thread: MessageId | None = None
    also_in_channel: bool = False
    quotes: MessageId | None = None
    mentions: tuple[PersonId, ...] = ()
    attachments: Authored[tuple[Attachment, ...]] = ()


class MessageEdited(Event, wire="messaging.message_edited.v1", retention="conversation"):
    """It was said in other words; the earlier ones stay in the history."""

    author: PersonId
    text: Authored[str]
    mentions: tuple[PersonId, ...] = ()


class MessageEditNoted(Event, wire="messaging.message_edit_noted.v1"):
    """It had been edited before it was brought here: the words are the last ones, and the earlier ones are not known."""

    by: PersonId | None = None


class MessageRetracted(Event, wire="messaging.message_retracted.v1"):
    """It was taken back, by its author or by somebody who keeps the channel."""

    by: PersonId | None = None


class MessagePinned(Event, wire="messaging.message_pinned.v1"):
    """It is kept at hand in its channel."""

    by: PersonId | None = None


class MessageUnpinned(Event, wire="messaging.message_unpinned.v1"):
    """It is no longer kept at hand."""

    by: PersonId | None = None


class ReactionAdded(Event, wire="messaging.reaction_added.v1"):
    """Somebody answered a message with a sign: an emoji, or the name of one."""

    message: MessageId
    person: PersonId
    emoji: str


class ReactionRemoved(Event, wire="messaging.reaction_removed.v1"):
    """Somebody took back such a sign."""

    message: MessageId
    person: PersonId
    emoji: str


ChannelEvent = ChannelOpened | ChannelRenamed | ChannelTopicChanged | ChannelVisibilityChanged | ChannelArchived | ChannelReopened
MembershipEvent = MemberJoined | MemberAdded | MemberRoleChanged | MemberLeft | MemberRemoved
MessageEvent = MessagePosted | MessageEdited | MessageEditNoted | MessageRetracted | MessagePinned | MessageUnpinned
ReactionEvent = ReactionAdded | ReactionRemoved

catalogue(
    ChannelOpened,
    ChannelRenamed,
    ChannelTopicChanged,
    ChannelVisibilityChanged,
    ChannelArchived,
    ChannelReopened,
    MemberJoined,
    MemberAdded,
    MemberRoleChanged,
    MemberLeft,
    MemberRemoved,
    MessagePosted,
    MessageEdited,
    MessageEditNoted,
    MessageRetracted,
    MessagePinned,
    MessageUnpinned,
    ReactionAdded,
    ReactionRemoved,
)
