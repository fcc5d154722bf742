"""What people may wish to stand on top of a channel."""

from pydantic import Field

from domain.kernel.commands import Command
from domain.messaging.ids import ChannelId, MessageId


class SetNotice(Command):
    """Let a message stand on top of its channel, in place of the one before."""

    message: MessageId = Field(description="Which one.")


class ClearNotice(Command):
    """Let no message stand on top of a channel any more."""

    channel: ChannelId = Field(description="Which channel.")
