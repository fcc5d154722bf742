"""What people may wish about reading."""

from pydantic import Field

from domain.kernel.commands import Command
from domain.messaging.ids import MessageId


class MarkRead(Command):
    """Say that you have read a channel up to a message, with everything before it. It never goes back."""

    message: MessageId = Field(description="The last one that you have read.")


class ChangeReadReceipts(Command):
    """Settle for everybody whether those who say something see who has read it."""

    shown: bool = Field(description="Whether they do.")
