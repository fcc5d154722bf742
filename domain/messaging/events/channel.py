"""What happens to a channel.

`by` is who wished it. The envelope's actor is the same person, but for what was imported: there the actor is the
importer, and `by` is None where the source doesn't say.
"""

from typing import Annotated, Literal, TypeVar

from domain.directory.ids import DepartmentId
from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import Contained, Erased
from domain.messaging.ids import ChannelId

T = TypeVar("T")

ChannelKind = Literal["direct", "group", "department"]
Visibility = Literal["public", "private"]
"""Whoever belongs to the organisation finds a public channel, reads it and may join; a private one is known to its members."""

Posting = Literal["members", "replies", "owners"]
"""Who says something: every member; owners, whom members answer in threads; owners alone, as where things are announced."""
Privilege = Literal["members", "owners"]
"""Whether every member may do it, or owners only."""
HistoryVisibility = Literal["all", "invited", "joined"]
"""What newcomers see of what was said before: all, or what was said since they were invited, or since they came."""

OfChannel = Annotated[T | Erased, Contained("channel")]
"""A text that belongs to the channel, whoever wrote it."""


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


class ChannelDescribed(Event, wire="messaging.channel_described.v1"):
    """It was said at length what a channel is for; None takes it away."""

    channel: ChannelId
    description: OfChannel[str | None] = None
    by: PersonId | None = None


class ChannelSettingsChanged(Event, wire="messaging.channel_settings_changed.v1"):
    """It was settled anew who may say something, bring others in, pin, and call everybody."""

    channel: ChannelId
    posting: Posting
    inviting: Privilege
    pinning: Privilege
    calling: Privilege
    by: PersonId | None = None


class ChannelHistoryChanged(Event, wire="messaging.channel_history_changed.v1"):
    """What is said from now on is seen by later newcomers, or isn't; of what was said before, nothing changes."""

    channel: ChannelId
    history: HistoryVisibility
    by: PersonId | None = None


class ChannelSlowModeChanged(Event, wire="messaging.channel_slow_mode_changed.v1"):
    """From now on everybody but those who keep the channel waits so many seconds between two messages; with 0, nobody waits."""

    channel: ChannelId
    seconds: int
    by: PersonId | None = None


class ChannelOwnersChanged(Event, wire="messaging.channel_owners_changed.v1"):
    """These keep the channel now, each as a member with that role."""

    channel: ChannelId
    owners: tuple[PersonId, ...]
    by: PersonId | None = None


class ChannelVisibilityChanged(Event, wire="messaging.channel_visibility_changed.v1"):
    """A channel became public or private."""

    channel: ChannelId
    visibility: Visibility
    by: PersonId | None = None


class ChannelMoved(Event, wire="messaging.channel_moved.v1"):
    """A department's channel is another department's: whoever belongs to that one is its member."""

    channel: ChannelId
    department: DepartmentId


class ChannelArchived(Event, wire="messaging.channel_archived.v1"):
    """Nothing more is said here; what was said can be read."""

    channel: ChannelId
    by: PersonId | None = None


class ChannelReopened(Event, wire="messaging.channel_reopened.v1"):
    """An archived channel is talked in again."""

    channel: ChannelId
    by: PersonId | None = None


ChannelEvent = (
    ChannelOpened
    | ChannelRenamed
    | ChannelTopicChanged
    | ChannelDescribed
    | ChannelSettingsChanged
    | ChannelHistoryChanged
    | ChannelSlowModeChanged
    | ChannelOwnersChanged
    | ChannelVisibilityChanged
    | ChannelMoved
    | ChannelArchived
    | ChannelReopened
)

catalogue(
    ChannelOpened,
    ChannelRenamed,
    ChannelTopicChanged,
    ChannelDescribed,
    ChannelSettingsChanged,
    ChannelHistoryChanged,
    ChannelSlowModeChanged,
    ChannelOwnersChanged,
    ChannelVisibilityChanged,
    ChannelMoved,
    ChannelArchived,
    ChannelReopened,
)
