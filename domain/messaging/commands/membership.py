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


class InviteToChannel(Command):
    """Ask somebody to take part in a channel; they come once they accept."""

    channel: ChannelId = Field(description="Which one.")
    person: PersonId = Field(description="Who.")


class AcceptInvitation(Command):
    """Take part in a channel that you were asked to."""

    channel: ChannelId = Field(description="Which one.")


class DeclineInvitation(Command):
    """Don't take part in a channel that you were asked to."""

    channel: ChannelId = Field(description="Which one.")


class WithdrawInvitation(Command):
    """Ask somebody no longer to take part in a channel."""

    channel: ChannelId = Field(description="Which one.")
    person: PersonId = Field(description="Who was asked.")


class TakeOverChannel(Command):
    """Let somebody keep a channel whose owner has left. The platform does it for what is handed over by itself."""

    channel: ChannelId = Field(description="Which one.")
    person: PersonId = Field(description="Who takes over.")
    predecessor: PersonId = Field(description="Whose it was.")


class HandBackChannel(Command):
    """Let somebody who took over a channel be there what they were before. The platform does it where leaving is undone."""

    channel: ChannelId = Field(description="Which one.")
    person: PersonId = Field(description="Who had taken over.")
    predecessor: PersonId = Field(description="Whose it was.")
