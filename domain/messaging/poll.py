"""Polls: a question in a channel, and what people chose."""

from datetime import datetime
from typing import Annotated, assert_never

from msgspec.structs import replace

from domain.directory.membership import DepartmentMembership
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.personal import Erased
from domain.kernel.refusals import IdTaken, Refusal
from domain.kernel.rules import Check
from domain.kernel.states import NOTHING, Events, Maybe, New, State
from domain.messaging.channel import Channel, ChannelIsArchived, OwnersOnly
from domain.messaging.commands.poll import AnswerPoll, ClosePoll, OpenPoll
from domain.messaging.events.message import MessagePosted
from domain.messaging.events.poll import PollAnswered, PollClosed, PollEvent, PollOpened
from domain.messaging.ids import ChannelId, MessageId, PollId
from domain.messaging.membership import OF_CHANNEL, Membership, keeper_of, member_of, seen
from domain.messaging.message import AlreadyRetracted, Message, settled
from domain.messaging.newcomers import poll_shown
from domain.messaging.posting import may_post, may_speak, said_before
from domain.messaging.turn import TODAY, YESTERDAY, TooSoon, Turn, turn_taken


class Poll(State[PollEvent], kind="messaging.poll", key=(PollId,)):
    """What can be chosen, how many, and until when."""

    opened: PollOpened | None = None
    channel: ChannelId | None = None
    message: MessageId | None = None
    author: PersonId | None = None
    closed: bool = False

    def evolve(self, event: PollEvent) -> "Poll":
        match event:
            case PollOpened(channel=channel, message=message, author=author):
                return replace(self, opened=event, channel=channel, message=message, author=author)
            case PollClosed():
                return replace(self, closed=True)
            case _:
                assert_never(event)

    def ended(self, now: datetime) -> bool:
        """Whether nobody chooses any more."""
        end = self.opened.closes_at if self.opened else None
        return self.closed or (end is not None and end <= now)

    @property
    def options(self) -> int:
        """How many there are. Those of an erased text can't be told, and aren't chosen."""
        return 0 if self.opened is None or isinstance(self.opened.options, Erased) else len(self.opened.options)


class PollAnswer(State[PollAnswered], kind="messaging.poll_answer", key=(PollId, PersonId)):
    """What one person chose in one poll."""

    choices: tuple[int, ...] = ()

    def evolve(self, event: PollAnswered) -> "PollAnswer":
        return replace(self, choices=event.choices)


class PollIsClosed(Refusal, frozen=True):
    """Nobody chooses in this poll any more."""

    poll: Annotated[PollId, "The poll."]


class NoSuchOption(Refusal, frozen=True):
    """The poll has no option of this number."""

    options: Annotated[int, "How many it has."]


class OneOptionOnly(Refusal, frozen=True):
    """In this poll one chooses one option."""

    poll: Annotated[PollId, "The poll."]


class ClosesInThePast(Refusal, frozen=True):
    """A poll can only close at a time to come."""

    at: Annotated[datetime, "The time that was given."]


def _asked(poll: Poll, actor: PersonId) -> bool:
    return poll.author == actor


@decides(allowed=may_post("channel"))
def open_poll(
    command: OpenPoll,
    actor: PersonId,
    now: datetime,
    message: New[Message],
    poll: New[Poll],
    channel: Channel,
    membership: Maybe[Membership] = by("channel", "actor"),
    belonging: Maybe[DepartmentMembership] | None = OF_CHANNEL,
    turn: Maybe[Turn] | None = TODAY,
    last_turn: Maybe[Turn] | None = YESTERDAY,
) -> Events | IdTaken | ChannelIsArchived | OwnersOnly | ClosesInThePast | TooSoon:
    asked = MessagePosted(
        channel=command.channel, author=actor, text=command.question, poll=command.poll, history=channel.history
    )
    opened = PollOpened(
        poll=command.poll,
        channel=command.channel,
        message=command.message,
        author=actor,
        options=command.options,
        several=command.several,
        closes_at=command.closes_at,
    )
    if message.exists or poll.exists:
        same = said_before(message.posted, asked) and poll.opened == opened
        return NOTHING if same else IdTaken(id=command.message if message.exists else command.poll)
    if channel.archived:
        return ChannelIsArchived(channel=command.channel)
    if not may_speak(channel, membership, belonging):
        return OwnersOnly(channel=command.channel)
    if command.closes_at is not None and command.closes_at <= now:
        return ClosesInThePast(at=command.closes_at)
    taken = turn_taken(turn, last_turn, channel, actor, command.message, now, membership, belonging)
    return taken if isinstance(taken, TooSoon) else message.records(asked) + poll.records(opened) + taken


@decides(allowed=member_of("poll.channel") & poll_shown)
def answer(
    command: AnswerPoll,
    actor: PersonId,
    now: datetime,
    poll: Poll,
    message: Message = by("poll.message"),
    channel: Channel = by("poll.channel"),
    answered: Maybe[PollAnswer] = by("poll", "actor"),
) -> Events | AlreadyRetracted | ChannelIsArchived | PollIsClosed | NoSuchOption | OneOptionOnly:
    if answered.choices == command.choices:
        return NOTHING
    if poll.ended(now):
        return PollIsClosed(poll=command.poll)
    if command.choices and not 1 <= command.choices[0] <= command.choices[-1] <= poll.options:
        return NoSuchOption(options=poll.options)
    if len(command.choices) > 1 and not (poll.opened and poll.opened.several):
        return OneOptionOnly(poll=command.poll)
    chosen = PollAnswered(poll=command.poll, person=actor, choices=command.choices, message=poll.message)
    return settled(message, channel) or answered.records(chosen)


@decides(allowed=((seen("poll.channel") & Check("who asked", _asked)) | keeper_of("poll.channel")) & poll_shown)
def close(command: ClosePoll, actor: PersonId, poll: Poll) -> Events:
    return NOTHING if poll.closed else poll.records(PollClosed(poll=command.poll, by=actor, message=poll.message))
