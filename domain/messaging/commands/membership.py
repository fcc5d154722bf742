"""What people may wish of who takes part in a channel."""

from pydantic import Field

from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId
from domain.messaging.events.membership import Role
from domain.messaging.ids import ChannelId


class JoinChannel(Command):
    """Take part in a public channel."""

    channel: ChannelId = Field(description="Which one.")


class LeaveChannel(Command):
    """Take part in a channel no longer."""

    channel: ChannelId = Field(description="Which one.")


class AddMember(Command):
    """Let somebody take part in a channel."""

    channel: ChannelId = Field(description="Which one.")
    person: PersonId = Field(description="Who.")


class RemoveMember(Command):
    """Let somebody take part in a channel no longer."""

    channel: ChannelId = Field(description="Which one.")
    person: PersonId = Field(description="Who.")


class ChangeRole(Command):
    """Let a member keep the channel as an owner, or no longer."""

    channel: ChannelId = Field(description="Which one.")
    person: PersonId = Field(description="Who.")
    role: Role = Field(description="What they are from now on.")
