"""Polls in channels."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from domain.kernel.refusals import IdTaken, NotFound, NotPermitted
from domain.messaging.channel import ChannelIsArchived, OwnersOnly
from domain.messaging.commands.channel import ArchiveChannel, ChangeChannelSettings
from domain.messaging.commands.poll import AnswerPoll, ClosePoll, OpenPoll
from domain.messaging.events.message import MessagePosted
from domain.messaging.events.poll import PollAnswered, PollClosed, PollOpened
from domain.messaging.ids import PollId
from domain.messaging.message import AlreadyRetracted
from domain.messaging.poll import ClosesInThePast, NoSuchOption, OneOptionOnly, PollIsClosed
from tests.directory.words import ANN, BO, CHEN
from tests.messaging.words import GENERAL, HELLO, SECRET, TALK, taken_back
from tests.story import NOON, an_id, given

LUNCH = PollId(an_id("lunch"))
OPEN = OpenPoll(channel=GENERAL, message=HELLO, poll=LUNCH, question="午饭?", options=("面", "饭", "soup"))
ASKED = MessagePosted(channel=GENERAL, author=BO, text="午饭?", poll=LUNCH)


def choose(*choices: int) -> AnswerPoll:
    return AnswerPoll(poll=LUNCH, choices=choices)


def test_a_poll_is_a_message_with_options() -> None:
    story = given(TALK).when(OPEN, by=BO)
    story.then(ASKED, PollOpened(poll=LUNCH, channel=GENERAL, message=HELLO, author=BO, options=("面", "饭", "soup")))
    story.when(OPEN.model_copy(update={"question": "Dinner?"}), by=BO).refused(IdTaken(id=HELLO))


def test_one_chooses_and_chooses_again_until_it_is_closed() -> None:
    story = (
        given(TALK)
        .when(OPEN, by=BO)
        .when(choose(2), by=ANN)
        .then(PollAnswered(poll=LUNCH, person=ANN, choices=(2,), message=HELLO))
    )
    story.when(choose(3), by=ANN).then(PollAnswered(poll=LUNCH, person=ANN, choices=(3,), message=HELLO))
    story.when(choose(), by=ANN).then(PollAnswered(poll=LUNCH, person=ANN, message=HELLO))
    story.when(choose(1, 2), by=ANN).refused(OneOptionOnly(poll=LUNCH))
    for none in (0, 4, -1):
        story.when(choose(none), by=ANN).refused(NoSuchOption(options=3))
    story.when(ClosePoll(poll=LUNCH), by=BO).then(PollClosed(poll=LUNCH, by=BO, message=HELLO))
    story.when(choose(2), by=ANN).refused(PollIsClosed(poll=LUNCH))


def test_several_may_be_chosen_where_that_was_said() -> None:
    story = given(TALK).when(OPEN.model_copy(update={"several": True}), by=BO)
    story.when(choose(3, 1, 3), by=ANN).then(PollAnswered(poll=LUNCH, person=ANN, choices=(1, 3), message=HELLO))


def test_it_closes_at_its_time() -> None:
    late = NOON + timedelta(hours=1)
    given(TALK).when(OPEN.model_copy(update={"closes_at": NOON}), by=BO).refused(ClosesInThePast(at=NOON))
    story = given(TALK).when(OPEN.model_copy(update={"closes_at": late}), by=BO).when(choose(1), by=ANN)
    story.at(late).when(choose(2), by=ANN).refused(PollIsClosed(poll=LUNCH))


def test_who_may_not_ask_choose_or_close() -> None:
    hidden = OPEN.model_copy(update={"channel": SECRET})
    story = given(TALK).when(hidden, by=CHEN).refused(NotFound(kind="Channel"))
    story.when(hidden, by=ANN).when(choose(1), by=CHEN).refused(NotFound(kind="Poll"))
    story.when(ClosePoll(poll=LUNCH), by=CHEN).refused(NotFound(kind="Poll"))
    story.when(ClosePoll(poll=LUNCH), by=BO)
    assert isinstance(story.last and story.last.answer, NotPermitted)
    story = given(TALK).when(OPEN, by=BO).when(ChangeChannelSettings(channel=GENERAL, posting="owners"), by=ANN)
    story.when(OPEN.model_copy(update={"message": LUNCH, "poll": HELLO}), by=BO).refused(OwnersOnly(channel=GENERAL))
    story.when(ClosePoll(poll=LUNCH), by=ANN).then(PollClosed(poll=LUNCH, by=ANN, message=HELLO))


def test_nobody_chooses_where_the_question_was_taken_back_or_the_channel_archived() -> None:
    story = given(TALK).when(OPEN, by=BO).given(taken_back())
    story.when(choose(1), by=ANN).refused(AlreadyRetracted(message=HELLO))
    story = given(TALK).when(OPEN, by=BO).when(ArchiveChannel(channel=GENERAL), by=ANN)
    story.when(choose(1), by=BO).refused(ChannelIsArchived(channel=GENERAL))


@pytest.mark.parametrize("options", [("one",), ("same", "same"), ("x" * 201, "y"), tuple(map(str, range(21)))])
def test_limits(options: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError):
        OpenPoll(channel=GENERAL, message=HELLO, poll=LUNCH, question="?", options=options)
