"""What people may wish of channels."""

from collections.abc import Iterable

from pydantic import Field

from domain.directory.ids import DepartmentId
from domain.kernel.commands import Command, Line, Prose
from domain.kernel.identifiers import PersonId, derived
from domain.messaging.commands.limits import DESCRIPTION, DIRECT, NAME, SLOWEST, TOPIC, Group
from domain.messaging.events.channel import HistoryVisibility, Posting, Privilege, Visibility
from domain.messaging.ids import ChannelId


def direct_channel(people: Iterable[PersonId]) -> ChannelId:
    """The one direct channel between exactly these people, whoever opens it."""
    return ChannelId(derived("messaging.direct_channel", *sorted(set(people))))


class OpenDirectChannel(Command):
    """Talk with one or more people, among yourselves. Between the same people there is one such channel."""

    people: Group = Field(description="Everybody who takes part, yourself included.", min_length=2, max_length=DIRECT)

    @property
    def channel(self) -> ChannelId:
        """The channel's id, which follows from the people."""
        return direct_channel(self.people)


class OpenChannel(Command):
    """Open a channel for whoever joins or is added; you keep it, as its owner."""

    channel: ChannelId = Field(description="The new channel's id, made by the client.")
    name: Line = Field(description="What it is called.", max_length=NAME)
    topic: Line | None = Field(default=None, description="What it is about.", max_length=TOPIC)
    visibility: Visibility = Field(default="public", description="Whether everybody finds it, or its members only.")


class OpenDepartmentChannel(Command):
    """Open a channel of a department: whoever belongs to the department is its member, at every moment."""

    channel: ChannelId = Field(description="The new channel's id, made by the client.")
    department: DepartmentId = Field(description="Whose channel it is.")
    name: Line = Field(description="What it is called.", max_length=NAME)
    topic: Line | None = Field(default=None, description="What it is about.", max_length=TOPIC)
    visibility: Visibility = Field(default="private", description="Whether everybody finds it, or its members only.")


class RenameChannel(Command):
    """Call a channel by another name."""

    channel: ChannelId = Field(description="Which one.")
    name: Line = Field(description="What it is called from now on.", max_length=NAME)


class ChangeTopic(Command):
    """Say anew what a channel is about."""

    channel: ChannelId = Field(description="Which one.")
    topic: Line | None = Field(default=None, description="What it is about; left out, nothing is said.", max_length=TOPIC)


class DescribeChannel(Command):
    """Say at length what a channel is for, and what holds there."""

    channel: ChannelId = Field(description="Which one.")
    description: Prose | None = Field(
        default=None, description="What it is for; left out, nothing is said.", max_length=DESCRIPTION
    )


class ChangeChannelSettings(Command):
    """Settle who may do what in a channel. What is left out stays as it is."""

    channel: ChannelId = Field(description="Which one.")
    posting: Posting | None = Field(default=None, description="Who may say something.")
    inviting: Privilege | None = Field(default=None, description="Who may add and invite others.")
    pinning: Privilege | None = Field(default=None, description="Who may pin messages and set the notice on top.")
    calling: Privilege | None = Field(default=None, description="Who may mention everybody at once.")


class ChangeHistoryVisibility(Command):
    """Settle what later newcomers see of what is said from now on. What was said already stays as it was settled then."""

    channel: ChannelId = Field(description="Which one.")
    history: HistoryVisibility = Field(description="What they see of the time before they came.")


class ChangeSlowMode(Command):
    """Let everybody but those who keep a channel wait between two messages, replies included."""

    channel: ChannelId = Field(description="Which one.")
    seconds: int = Field(description="How long one waits; 0 lets everybody speak as they like.", ge=0, le=SLOWEST)


class ChangeVisibility(Command):
    """Make a channel public or private."""

    channel: ChannelId = Field(description="Which one.")
    visibility: Visibility = Field(description="Whether everybody finds it, or its members only.")


class MoveChannel(Command):
    """Let a department's channel be another department's, whose members are then its members."""

    channel: ChannelId = Field(description="Which one.")
    department: DepartmentId = Field(description="Whose it is from now on.")


class ArchiveChannel(Command):
    """Let nothing more be said in a channel; what was said can still be read."""

    channel: ChannelId = Field(description="Which one.")


class ReopenChannel(Command):
    """Let an archived channel be talked in again."""

    channel: ChannelId = Field(description="Which one.")
