"""What people may wish to keep for themselves."""

from pydantic import Field

from domain.kernel.commands import Command, Line
from domain.messaging.ids import MessageId


class SaveMessage(Command):
    """Keep a message for yourself, to find it again. Nobody else sees it."""

    message: MessageId = Field(description="What to keep.")
    note: Line | None = Field(default=None, description="Why, in your own words.", max_length=250)


class UnsaveMessage(Command):
    """Keep a message for yourself no longer."""

    message: MessageId = Field(description="What need not be kept.")
