"""What people may wish of messages that are to be sent later, and what the platform itself does with them."""

from pydantic import Field

from domain.kernel.commands import Command, Moment
from domain.messaging.commands.message import Saying
from domain.messaging.ids import MessageId, ScheduledMessageId


class ScheduleMessage(Saying, Command):
    """Say something at a time to come. Until then it is known to you alone."""

    scheduled_message: ScheduledMessageId = Field(description="Its id until then, made by the client.")
    at: Moment = Field(description="When to say it.")

    @property
    def message(self) -> MessageId:
        """The message that comes of it."""
        return MessageId(self.scheduled_message)


class RescheduleMessage(Command):
    """Say what you have scheduled at another time."""

    scheduled_message: ScheduledMessageId = Field(description="Which one.")
    at: Moment = Field(description="When to say it.")


class CancelScheduledMessage(Command):
    """Don't say what you have scheduled."""

    scheduled_message: ScheduledMessageId = Field(description="Which one.")


class SendScheduledMessage(Command):
    """Say now what you have scheduled."""

    scheduled_message: ScheduledMessageId = Field(description="Which one.")
    due: Moment | None = Field(default=None, description="If given, only if this is the time that it is scheduled for.")

    @property
    def message(self) -> MessageId:
        """The message that comes of it."""
        return MessageId(self.scheduled_message)


class HoldBackScheduledMessage(Command):
    """Note that a scheduled message could not be said when its time came, and why."""

    scheduled_message: ScheduledMessageId = Field(description="Which one.")
    due: Moment = Field(description="The time that had come.")
    refusal: str = Field(description="The name of the reason.", max_length=100)
    lacking: str | None = Field(default=None, description="What would have allowed it.", max_length=500)
