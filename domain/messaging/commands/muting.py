"""What people may wish to hear of a channel."""

from datetime import datetime

from pydantic import Field

from domain.kernel.commands import Command
from domain.messaging.ids import ChannelId


class MuteChannel(Command):
    """Be told nothing of a channel, but where you are mentioned yourself. Nobody else sees it."""

    channel: ChannelId = Field(description="Which one.")
    until: datetime | None = Field(default=None, description="Until when; left out, for good.")


class UnmuteChannel(Command):
    """Be told of a channel again."""

    channel: ChannelId = Field(description="Which one.")
