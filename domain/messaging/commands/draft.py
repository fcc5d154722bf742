"""What people may wish of words that they have not said yet."""

from pydantic import Field

from domain.kernel.commands import Command
from domain.messaging.commands.limits import TEXT, Words
from domain.messaging.ids import ChannelId, MessageId, PlaceId


class SaveDraft(Command):
    """Keep what you have begun to write, in place of what you kept here before. Only you see it, until you say something here."""

    channel: ChannelId = Field(description="Where it is to be said.")
    thread: MessageId | None = Field(default=None, description="The message that it is to reply to.")
    text: Words = Field(description="What you have written so far.", min_length=1, max_length=TEXT)

    @property
    def place(self) -> PlaceId:
        """The channel or the thread: in each, one may have one draft."""
        return PlaceId(self.thread or self.channel)


class DiscardDraft(Command):
    """Keep what you have begun to write no longer."""

    channel: ChannelId = Field(description="Where it was to be said.")
    thread: MessageId | None = Field(default=None, description="The message that it was to reply to.")

    @property
    def place(self) -> PlaceId:
        """The channel or the thread."""
        return PlaceId(self.thread or self.channel)
