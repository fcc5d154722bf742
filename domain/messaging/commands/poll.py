"""What people may wish of polls."""

from typing import Annotated

from pydantic import AfterValidator, Field

from domain.kernel.commands import Command, Line, Moment
from domain.messaging.commands.limits import TEXT, Words
from domain.messaging.ids import ChannelId, MessageId, PollId

OPTIONS, OPTION = 20, 200
"""Most options of a poll, and characters of one."""

Option = Annotated[Line, Field(max_length=OPTION)]


def _different(options: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(options)) < len(options):
        raise ValueError("two options are the same")
    return options


def _in_order(choices: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(set(choices)))


class OpenPoll(Command):
    """Ask those in a channel to choose. The question is a message, to which people can reply."""

    channel: ChannelId = Field(description="Where to ask.")
    message: MessageId = Field(description="The new message's id, made by the client.")
    poll: PollId = Field(description="The new poll's id, made by the client.")
    question: Words = Field(description="What to ask.", min_length=1, max_length=TEXT)
    options: Annotated[tuple[Option, ...], AfterValidator(_different)] = Field(
        description="What to choose from.", min_length=2, max_length=OPTIONS
    )
    several: bool = Field(default=False, description="Whether one may choose several.")
    closes_at: Moment | None = Field(default=None, description="When it closes by itself; left out, it is closed by somebody.")


class AnswerPoll(Command):
    """Choose, in place of what you chose before."""

    poll: PollId = Field(description="Which poll.")
    choices: Annotated[tuple[int, ...], AfterValidator(_in_order)] = Field(
        description="The numbers of what you choose, from 1; none takes your choice back.", max_length=OPTIONS
    )


class ClosePoll(Command):
    """Let nobody choose any more: in a poll of your own, or in a channel that you keep, in another's."""

    poll: PollId = Field(description="Which poll.")
