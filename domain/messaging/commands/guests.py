"""What may be wished about guests of a channel."""

from pydantic import Field

from domain.access.commands.invitation import Invitation
from domain.kernel.commands import Command
from domain.messaging.ids import ChannelId


class InviteGuest(Invitation, Command):
    """Let whoever shows a code become a guest of a channel, who sees nothing else of the organisation."""

    channel: ChannelId = Field(description="Which one.")
