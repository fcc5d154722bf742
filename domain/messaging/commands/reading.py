"""What people may wish about reading."""

from pydantic import Field

from domain.kernel.commands import Command
from domain.messaging.ids import MessageId


class MarkRead(Command):
    """Say that you have read a channel up to a message, with everything before it. For others it never goes back."""

    message: MessageId = Field(description="The last one that you have read.")


class MarkUnread(Command):
    """Let a channel count as unread for you again, from a message on. Nobody else learns of it."""

    message: MessageId = Field(description="The first one that counts as unread.")


class ChangeReadReceipts(Command):
    """Settle for everybody whether those who say something see who has read it."""

    shown: bool = Field(description="Whether they do.")
