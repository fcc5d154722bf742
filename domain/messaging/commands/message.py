"""What people may wish of messages."""

from pydantic import BaseModel, ConfigDict, Field

from domain.kernel.commands import Command, Line
from domain.messaging.commands.limits import ATTACHMENTS, AUDIENCES, LINKS, MENTIONS, TEXT, Departments, People, UserGroups, Words
from domain.messaging.events.message import Call
from domain.messaging.ids import ChannelId, FileId, MessageId


class AttachedFile(BaseModel):
    """What is known of a file that goes with a message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: FileId = Field(description="The file's id.")
    name: Line = Field(description="What it is called, with its extension.", max_length=200)
    media_type: Line | None = Field(default=None, description="What it is, as in `image/png` (RFC 6838).", max_length=127)
    size: int | None = Field(default=None, description="How many bytes it has.", ge=0, le=2**53)
    title: Line | None = Field(default=None, description="What it shows.", max_length=200)
    width: int | None = Field(default=None, description="How wide it is, in pixels.", ge=1, le=1_000_000)
    height: int | None = Field(default=None, description="How high it is, in pixels.", ge=1, le=1_000_000)
    duration: int | None = Field(default=None, description="How long it plays, in milliseconds.", ge=0, le=2**31 - 1)


class LinkedPage(BaseModel):
    """What is known of a page that a message links to, as whoever links to it found it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Line = Field(description="Its address.", max_length=2_000, pattern=r"^https?://\S+$")
    title: Line | None = Field(default=None, description="Its title.", max_length=200)
    description: Line | None = Field(default=None, description="What it says of itself.", max_length=500)
    site: Line | None = Field(default=None, description="What the site is called.", max_length=100)
    image: Line | None = Field(
        default=None, description="The address of a picture of it.", max_length=2_000, pattern=r"^https://\S+$"
    )


class Saying(BaseModel):
    """What is said in a channel, whether now or at a time to come."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: ChannelId = Field(description="Where to say it.")
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


class PostMessage(Saying, Command):
    """Say something in a channel, or reply in a thread."""

    message: MessageId = Field(description="The new message's id, made by the client.")


class ForwardMessage(Command):
    """Show a message that you may read in another channel too. Its words aren't copied: who may not read it sees none."""

    channel: ChannelId = Field(description="Where to show it.")
    message: MessageId = Field(description="The new message's id, made by the client.")
    forwards: MessageId = Field(description="What to show.")
    text: Words = Field(default="", description="What to say with it.", max_length=TEXT)


class EditMessage(Command):
    """Say it in other words. The earlier ones stay in the history."""

    message: MessageId = Field(description="What to change.")
    text: Words = Field(description="The new words.", min_length=1, max_length=TEXT)
    mentions: People = Field(default=(), description="Who is mentioned in the new words.", max_length=MENTIONS)


class RetractMessage(Command):
    """Take a message back: your own, or in a channel that you keep, another's."""

    message: MessageId = Field(description="What to take back.")


class PinMessage(Command):
    """Keep a message at hand in its channel."""

    message: MessageId = Field(description="What to keep at hand.")


class UnpinMessage(Command):
    """Keep a message at hand no longer."""

    message: MessageId = Field(description="What need not be at hand.")
