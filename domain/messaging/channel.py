"""A channel: a place where people talk."""

from typing import Annotated, assert_never

from msgspec.structs import replace

from domain.directory.ids import DepartmentId
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import Erased
from domain.kernel.refusals import Refusal
from domain.kernel.states import State
from domain.messaging.events.channel import (
    ChannelArchived,
    ChannelDescribed,
    ChannelEvent,
    ChannelHistoryChanged,
    ChannelKind,
    ChannelMoved,
    ChannelOpened,
    ChannelOwnersChanged,
    ChannelRenamed,
    ChannelReopened,
    ChannelSettingsChanged,
    ChannelSlowModeChanged,
    ChannelTopicChanged,
    ChannelVisibilityChanged,
    HistoryVisibility,
    Posting,
    Privilege,
    Visibility,
)
from domain.messaging.ids import ChannelId


class Channel(State[ChannelEvent], kind="messaging.channel", key=(ChannelId,)):
    """What decisions need of a channel."""

    kind_of: ChannelKind = "group"
    visibility: Visibility = "private"
    name: str | Erased | None = None
    topic: str | Erased | None = None
    description: str | Erased | None = None
    department: DepartmentId | None = None
    archived: bool = False
    owners: frozenset[PersonId] = frozenset()
    history: HistoryVisibility = "all"
    interval: int = 0
    posting: Posting = "members"
    inviting: Privilege = "members"
    pinning: Privilege = "members"
    calling: Privilege = "members"

    def evolve(self, event: ChannelEvent) -> "Channel":
        match event:
            case ChannelOpened(kind=kind, visibility=visibility, name=name, topic=topic, department=department):
                return replace(self, kind_of=kind, visibility=visibility, name=name, topic=topic, department=department)
            case ChannelRenamed(name=name):
                return replace(self, name=name)
            case ChannelTopicChanged(topic=topic):
                return replace(self, topic=topic)
            case ChannelDescribed(description=description):
                return replace(self, description=description)
            case ChannelSettingsChanged(posting=posting, inviting=inviting, pinning=pinning, calling=calling):
                return replace(self, posting=posting, inviting=inviting, pinning=pinning, calling=calling)
            case ChannelHistoryChanged(history=history):
                return replace(self, history=history)
            case ChannelSlowModeChanged(seconds=seconds):
                return replace(self, interval=seconds)
            case ChannelOwnersChanged(owners=owners):
                return replace(self, owners=frozenset(owners))
            case ChannelVisibilityChanged(visibility=visibility):
                return replace(self, visibility=visibility)
            case ChannelMoved(department=department):
                return replace(self, department=department)
            case ChannelArchived():
                return replace(self, archived=True)
            case ChannelReopened():
                return replace(self, archived=False)
            case _:
                assert_never(event)

    @property
    def slowed(self) -> ChannelId | None:
        """The channel, where one waits between two messages."""
        return ChannelId(self.thing) if self.interval else None


class ChannelIsArchived(Refusal, frozen=True):
    """Nothing changes in an archived channel until it is reopened."""

    channel: Annotated[ChannelId, "The channel."]


class NotADepartmentChannel(Refusal, frozen=True):
    """Only a department's channel is moved to another department."""

    channel: Annotated[ChannelId, "The channel."]


class OwnersOnly(Refusal, frozen=True):
    """In this channel, those who keep it do this, and nobody else."""

    channel: Annotated[ChannelId, "The channel."]


class DirectChannelIsFixed(Refusal, frozen=True):
    """A direct channel is what it is by its people: it has no name, and nobody comes or goes."""

    channel: Annotated[ChannelId, "The channel."]
