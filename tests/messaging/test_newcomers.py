"""What newcomers aren't shown, they do nothing about: every command that names a message is refused alike."""

from datetime import timedelta
from typing import Literal

import pytest

from domain.kernel.commands import Command
from domain.kernel.decisions import DECIDERS, Decider
from domain.messaging.commands.draft import SaveDraft
from domain.messaging.commands.expected_reply import ExpectReply, ReleaseReply
from domain.messaging.commands.membership import AcceptInvitation, InviteToChannel
from domain.messaging.commands.message import (
    EditMessage,
    ForwardMessage,
    PinMessage,
    PostMessage,
    RetractMessage,
    UnpinMessage,
)
from domain.messaging.commands.notice import SetNotice
from domain.messaging.commands.poll import AnswerPoll, ClosePoll
from domain.messaging.commands.reaction import AddReaction, RemoveReaction
from domain.messaging.commands.reading import MarkRead, MarkUnread
from domain.messaging.commands.saved import SaveMessage, UnsaveMessage
from domain.messaging.commands.scheduled import ScheduleMessage
from domain.messaging.commands.thread_following import FollowThread, UnfollowThread
from domain.messaging.commands.urgent import AcknowledgeMessage, LiftUrgency, MarkUrgent
from domain.messaging.events.message import MessagePosted
from domain.messaging.events.poll import PollOpened
from domain.messaging.ids import MessageId, PollId, ScheduledMessageId
from domain.messaging.message import Message
from domain.messaging.newcomers import CHECKS, SaidBeforeYouCame
from domain.messaging.poll import Poll
from tests.directory.words import ANN, BO, CHEN, DI, SALES, belongs
from tests.messaging.words import GENERAL, HELLO, OF_SALES, REPLY, SECRET, TALK, member
from tests.story import NOON, Story, an_id, given

POLL = PollId(an_id("poll"))
LATER = MessageId(an_id("later"))
HOUR = timedelta(hours=1)
HIDDEN = SaidBeforeYouCame(message=HELLO)
ABOUT_HELLO: tuple[Command, ...] = (
    PostMessage(channel=SECRET, message=REPLY, text="yes", thread=HELLO),
    PostMessage(channel=SECRET, message=REPLY, text="yes", quotes=HELLO),
    ScheduleMessage(
        channel=SECRET, scheduled_message=ScheduledMessageId(REPLY), text="yes", thread=HELLO, at=NOON + timedelta(days=1)
    ),
    SaveDraft(channel=SECRET, thread=HELLO, text="ye"),
    ForwardMessage(channel=GENERAL, message=REPLY, forwards=HELLO),
    PinMessage(message=HELLO),
    UnpinMessage(message=HELLO),
    SetNotice(message=HELLO),
    AddReaction(message=HELLO, emoji="👍"),
    RemoveReaction(message=HELLO, emoji="👍"),
    SaveMessage(message=HELLO),
    FollowThread(message=HELLO),
    MarkRead(message=HELLO),
    MarkUnread(message=HELLO),
    AcknowledgeMessage(message=HELLO),
    AnswerPoll(poll=POLL, choices=(1,)),
)
OPEN: dict[type[Command], str] = {
    EditMessage: "its author alone, whom it is shown to",
    MarkUrgent: "its author alone",
    LiftUrgency: "its author alone",
    ExpectReply: "its author alone",
    ReleaseReply: "its author alone",
    UnsaveMessage: "takes back what somebody keeps for themselves",
    UnfollowThread: "takes back what somebody wished for themselves",
}


def told(history: Literal["all", "invited", "joined"]) -> Story:
    """ANN asked a poll in a private channel, where this was settled for newcomers; an hour later CHEN is to come."""
    asked = MessagePosted(channel=SECRET, author=ANN, text="secret?", history=history, poll=POLL)
    opened = PollOpened(poll=POLL, channel=SECRET, message=HELLO, author=ANN, options=("yes", "no"), several=False)
    story = given(TALK, member(CHEN)).at(NOON + HOUR)
    story.given(Message.at(HELLO).records(asked), Poll.at(POLL).records(opened))
    return story.at(NOON + 2 * HOUR)


def offered(about: type[object]) -> list[Decider]:
    return [each for each in DECIDERS.values() if each.offered and any(_reads(load, about) for load in each.loads)]


def _reads(load: object, about: type[object]) -> bool:
    shape = load.shape  # type: ignore[attr-defined]
    return shape.state is about and not shape.new


@pytest.mark.parametrize("wish", ABOUT_HELLO, ids=lambda wish: type(wish).__name__)
def test_what_was_said_before_they_came_is_out_of_their_reach(wish: Command) -> None:
    told("joined").given(member(CHEN, of=SECRET)).when(wish, by=CHEN).refused(HIDDEN)


@pytest.mark.parametrize("wish", ABOUT_HELLO, ids=lambda wish: type(wish).__name__)
def test_those_who_were_there_and_those_of_an_open_history_reach_it(wish: Command) -> None:
    for story, who in ((told("joined"), BO), (told("all").given(member(CHEN, of=SECRET)), CHEN)):
        decided = story.decide(wish, who)
        assert decided.authority is not None, decided.answer
        assert not isinstance(decided.answer, SaidBeforeYouCame)


def test_keepers_who_came_later_reach_no_further() -> None:
    story = told("joined").given(member(CHEN, of=SECRET, owner=True))
    story.when(RetractMessage(message=HELLO), by=CHEN).refused(HIDDEN)
    story.when(ClosePoll(poll=POLL), by=CHEN).refused(HIDDEN)
    story.when(RetractMessage(message=HELLO), by=ANN)
    assert story.state(Message.at(HELLO)).retracted


def test_the_invited_reach_what_was_said_since_they_were_asked() -> None:
    story = given(TALK, member(CHEN)).at(NOON + HOUR).when(InviteToChannel(channel=SECRET, person=CHEN), by=ANN)
    story.at(NOON + 2 * HOUR)
    for message, history in ((HELLO, "invited"), (LATER, "joined")):
        asked = MessagePosted(channel=SECRET, author=ANN, text="hi", history=history)  # type: ignore[arg-type]
        story.given(Message.at(message).records(asked))
    story.at(NOON + 3 * HOUR).when(AcceptInvitation(channel=SECRET), by=CHEN)
    story.when(AddReaction(message=LATER, emoji="👍"), by=CHEN).refused(SaidBeforeYouCame(message=LATER))
    story.when(AddReaction(message=HELLO, emoji="👍"), by=CHEN)
    assert story.happened()


def test_of_a_department_they_are_there_since_they_belong_to_it() -> None:
    story = given(TALK, belongs(BO, SALES)).at(NOON + HOUR)
    story.given(Message.at(HELLO).records(MessagePosted(channel=OF_SALES, author=BO, text="hi", history="joined")))
    story.at(NOON + 2 * HOUR).given(belongs(DI, SALES))
    story.when(AddReaction(message=HELLO, emoji="👍"), by=DI).refused(HIDDEN)
    story.when(AddReaction(message=HELLO, emoji="👍"), by=BO)
    assert story.happened()


def test_no_command_about_a_message_forgets_it() -> None:
    about = {each.command for each in offered(Message)}
    checked = {each.command for each in offered(Message) if CHECKS.intersection(each.rule.checks())}
    assert len(checked) > 15
    assert about - checked == set(OPEN)
    assert {type(wish) for wish in ABOUT_HELLO} | {RetractMessage, ClosePoll} >= checked - {_sent()}


def _sent() -> type[Command]:
    return next(each for each in DECIDERS if each.__name__ == "SendScheduledMessage")


def test_the_answer_is_among_what_a_mutation_may_answer() -> None:
    for each in offered(Message):
        assert (SaidBeforeYouCame in each.refusals) == (each.command not in OPEN)
