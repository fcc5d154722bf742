"""What people may wish where they talk."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.directory.events import DepartmentId
from domain.kernel.commands import Command, Line, Prose
from domain.kernel.identifiers import PersonId, derived
from domain.messaging.events import ChannelId, FileId, MessageId, Role, Visibility

NAME, TOPIC, TEXT, TEXT_BYTES, EMOJI = 80, 250, 10_000, 30_000, 64
"""Longest texts, in characters; TEXT_BYTES in bytes of UTF-8, so that a message always fits into one row of the log."""
MENTIONS, ATTACHMENTS, DIRECT = 50, 10, 20
"""Most people mentioned, files beside a message, and people in a direct channel."""


def _short_enough(text: str) -> str:
    if len(text.encode()) > TEXT_BYTES:
        raise ValueError(f"the text takes more than {TEXT_BYTES} bytes in UTF-8")
    return text


def _each_once(people: tuple[PersonId, ...]) -> tuple[PersonId, ...]:
    return tuple(dict.fromkeys(people))


def _two_or_more(people: tuple[PersonId, ...]) -> tuple[PersonId, ...]:
    different = tuple(sorted(set(people)))
    if len(different) < 2:
        raise ValueError("a direct channel is between two or more different people")
    return different


Words = Annotated[Prose, AfterValidator(_short_enough)]
People = Annotated[tuple[PersonId, ...], AfterValidator(_each_once)]
Group = Annotated[tuple[PersonId, ...], AfterValidator(_two_or_more)]


def direct_channel(people: Iterable[PersonId]) -> ChannelId:
    """The one direct channel between exactly these people, whoever opens it."""
    return ChannelId(derived("messaging.direct_channel", *sorted(set(people))))


class OpenDirectChannel(Command):
    """Talk with one or more people, among yourselves. Between the same people there is one such channel."""

    people: Group = Field(description="Everybody who takes part, yourself included.", min_length=2, max_length=DIRECT)

    @property
    def channel(self) -> ChannelId:
        """The channel's id, which follows from the people."""
        return direct_channel(self.people)


class OpenChannel(Command):
    """Open a channel for whoever joins or is added; you keep it, as its owner."""

    channel: ChannelId = Field(description="The new channel's id, made by the client.")
    name: Line = Field(description="What it is called.", max_length=NAME)
    topic: Line | None = Field(default=None, description="What it is about.", max_length=TOPIC)
    visibility: Visibility = Field(default="public", description="Whether everybody finds it, or its members only.")


class OpenDepartmentChannel(Command):
    """Open a channel of a department: whoever belongs to the department is its member, at every moment."""

    channel: ChannelId = Field(description="The new channel's id, made by the client.")
    department: DepartmentId = Field(description="Whose channel it is.")
    name: Line = Field(description="What it is called.", max_length=NAME)
    topic: Line | None = Field(default=None, description="What it is about.", max_length=TOPIC)
    visibility: Visibility = Field(default="private", description="Whether everybody finds it, or its members only.")


class RenameChannel(Command):
    """Call a channel by another name."""

    channel: ChannelId = Field(description="Which one.")
    name: Line = Field(description="What it is called from now on.", max_length=NAME)


class ChangeTopic(Command):
    """Say anew what a channel is about."""

    channel: ChannelId = Field(description="Which one.")
    topic: Line | None = Field(default=None, description="What it is about; left out, nothing is said.", max_length=TOPIC)


class ChangeVisibility(Command):
    """Make a channel public or private."""

    channel: ChannelId = Field(description="Which one.")
    visibility: Visibility = Field(description="Whether everybody finds it, or its members only.")


class ArchiveChannel(Command):
    """Let nothing more be said in a channel; what was said can still be read."""

    channel: ChannelId = Field(description="Which one.")


class ReopenChannel(Command):
    """Let an archived channel be talked in again."""

    channel: ChannelId = Field(description="Which one.")


class JoinChannel(Command):
    """Take part in a public channel."""

    channel: ChannelId = Field(description="Which one.")


class LeaveChannel(Command):
    """Take part in a channel no longer."""

    channel: ChannelId = Field(description="Which one.")


class AddMember(Command):
    """Let somebody take part in a channel."""

    channel: ChannelId = Field(description="Which one.")
    person: PersonId = Field(description="Who.")


class RemoveMember(Command):
    """Let somebody take part in a channel no longer."""

    channel: ChannelId = Field(description="Which one.")
    person: PersonId = Field(description="Who.")


class ChangeRole(Command):
    """Let a member keep the channel as an owner, or no longer."""

    channel: ChannelId = Field(description="Which one.")
    person: PersonId = Field(description="Who.")
    role: Role = Field(description="What they are from now on.")


class AttachedFile(BaseModel):
    """What is known of a file that goes with a message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: FileId = Field(description="The file's id.")
    name: Line = Field(description="What it is called, with its extension.", max_length=200)
    media_type: Line | None = Field(default=None, description="What it is, as in `image/png` (RFC 6838).", max_length=127)
    size: int | None = Field(default=None, description="How many bytes it has.", ge=0, le=2**53)
    title: Line | None = Field(default=None, description="What it shows.", max_length=200)


class PostMessage(Command):
    """Say something in a channel, or reply in a thread."""

    channel: ChannelId = Field(description="Where to say it.")
    message: MessageId = Field(description="The new message's id, made by the client.")
    text: Words = Field(
        description="What to say; a person is mentioned as `<@id>`. May be empty where files are attached.", max_length=TEXT
    )
    thread: MessageId | None = Field(default=None, description="The message that this replies to; itself no reply.")
    also_in_channel: bool = Field(default=False, description="Whether a reply is shown in the channel too.")
    quotes: MessageId | None = Field(default=None, description="A message of the same channel to be shown with this one.")
    mentions: People = Field(default=(), description="Who is mentioned.", max_length=MENTIONS)
    attachments: tuple[AttachedFile, ...] = Field(default=(), description="What goes with it.", max_length=ATTACHMENTS)


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


class AddReaction(Command):
    """Answer a message with a sign."""

    message: MessageId = Field(description="What to answer.")
    emoji: Line = Field(description="An emoji, or the name of one, without spaces.", max_length=EMOJI, pattern=r"^\S+$")


class RemoveReaction(Command):
    """Take such a sign back."""

    message: MessageId = Field(description="What it answered.")
    emoji: Line = Field(description="The emoji, or its name.", max_length=EMOJI, pattern=r"^\S+$")
