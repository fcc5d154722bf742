"""What people may wish to hear of threads."""

from pydantic import Field

from domain.kernel.commands import Command
from domain.messaging.ids import MessageId


class FollowThread(Command):
    """Hear of what is replied to a message. Whoever wrote it, replied or is mentioned hears of it anyway."""

    message: MessageId = Field(description="The message that the thread begins with.")


class UnfollowThread(Command):
    """Hear no more of a thread, until you reply in it or are mentioned again."""

    message: MessageId = Field(description="The message that the thread begins with.")
