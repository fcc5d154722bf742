"""What people may wish of the signs at a message."""

from pydantic import Field

from domain.kernel.commands import Command, Line
from domain.messaging.commands.limits import EMOJI
from domain.messaging.ids import MessageId


class AddReaction(Command):
    """Answer a message with a sign."""

    message: MessageId = Field(description="What to answer.")
    emoji: Line = Field(description="An emoji, or the name of one, without spaces.", max_length=EMOJI, pattern=r"^\S+$")


class RemoveReaction(Command):
    """Take such a sign back."""

    message: MessageId = Field(description="What it answered.")
    emoji: Line = Field(description="The emoji, or its name.", max_length=EMOJI, pattern=r"^\S+$")
