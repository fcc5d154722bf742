"""What people may wish of messages that are to be sent later, and what the platform itself does with them."""

from pydantic import Field

from domain.kernel.commands import Command, Moment
from domain.messaging.commands.limits import ATTACHMENTS, AUDIENCES, LINKS, MENTIONS, TEXT, Departments, People, UserGroups, Words
from domain.messaging.commands.message import AttachedFile, LinkedPage
from domain.messaging.events.message import Call
from domain.messaging.ids import ChannelId, MessageId, ScheduledMessageId


class ScheduleMessage(Command):
    """Say something at a time to come. Until then it is known to you alone."""

    channel: ChannelId = Field(description="Where to say it.")
    scheduled_message: ScheduledMessageId = Field(description="Its id until then, made by the client.")
    at: Moment = Field(description="When to say it.")
    text: Words = Field(
        description="What to say; a person is mentioned as `<@id>`. May be empty where files are attached.", max_length=TEXT
    )
    thread: MessageId | None = Field(default=None, description="The message that this replies to; itself no reply.")
    also_in_channel: bool = Field(default=False, description="Whether a reply is shown in the channel too.")
    quotes: MessageId | None = Field(default=None, description="A message of the same channel to be shown with this one.")
    mentions: People = Field(default=(), description="Who is mentioned.", max_length=MENTIONS)
    departments: Departments = Field(default=(), description="Which departments are mentioned.", max_length=AUDIENCES)
    groups: UserGroups = Field(default=(), description="Which groups are mentioned.", max_length=AUDIENCES)
    calls: Call | None = Field(default=None, description="Whether everybody in the channel is mentioned, where that is allowed.")
    attachments: tuple[AttachedFile, ...] = Field(default=(), description="What goes with it.", max_length=ATTACHMENTS)
    links: tuple[LinkedPage, ...] = Field(default=(), description="What is known of pages that it links to.", max_length=LINKS)

    @property
    def called_channel(self) -> ChannelId | None:
        """The channel, where everybody in it is mentioned."""
        return self.channel if self.calls else None

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
