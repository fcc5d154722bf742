"""Replies that are expected: who may ask, who is awaited, and what ends it."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from domain.directory.person import UnknownPeople
from domain.kernel.commands import Command
from domain.kernel.events import Authority
from domain.kernel.identifiers import PersonId
from domain.kernel.refusals import NotFound, NotPermitted
from domain.messaging.awaited_reply import AwaitedReply
from domain.messaging.commands.expected_reply import (
    AwaitReply,
    ChangeReminderRules,
    EndAwaiting,
    ExpectReply,
    PlanReminder,
    ReleaseReply,
    RemindOfReply,
)
from domain.messaging.commands.message import PostMessage
from domain.messaging.commands.reaction import AddReaction
from domain.messaging.commands.reading import MarkRead
from domain.messaging.commands.scheduled import ScheduleMessage, SendScheduledMessage
from domain.messaging.events.expected_reply import (
    ReminderRulesChanged,
    ReplyAwaited,
    ReplyAwaitingEnded,
    ReplyExpected,
    ReplyReleased,
    ReplyReminded,
    ReplyReminderPlanned,
)
from domain.messaging.events.membership import MemberLeft
from domain.messaging.expected_reply import QuietHoursIncomplete, ReplyAlreadyExpected
from domain.messaging.ids import MessageId, ScheduledMessageId
from domain.messaging.membership import Membership
from domain.messaging.message import AlreadyRetracted
from domain.messaging.scheduled import TimeIsPast
from tests.directory.words import ANN, BO, CHEN, ROOT, administrator
from tests.messaging.words import GENERAL, HELLO, REPLY, SECRET, TALK, said, taken_back
from tests.story import NOON, OPERATOR, Story, an_id, given, joined, person

DUE, LATER, LATEST = NOON + timedelta(days=1), NOON + timedelta(hours=2), NOON + timedelta(hours=26)
ASK = ExpectReply(message=HELLO, due=DUE, sign="👌")
PLATFORM = Authority("timer remind_of_reply")
LAST = MessageId(an_id("last"))
REMIND = RemindOfReply(message=HELLO, person=BO, due=LATER, next=LATEST)


def asked() -> Story:
    story = given(TALK, said("hi?", by=ANN))
    position = len(story.history)
    return story.when(ASK, by=ANN).then(ReplyExpected(channel=GENERAL, by=ANN, due=DUE, sign="👌", position=position))


def awaited(*, read: bool = True) -> Story:
    story = asked()
    position = len(story.history) - 1
    if read:
        story.when(MarkRead(message=HELLO), by=BO)
    story.when(AwaitReply(message=HELLO, person=BO), by=OPERATOR, authority=PLATFORM)
    return story.then(
        ReplyAwaited(message=HELLO, channel=GENERAL, person=BO, by=ANN, due=DUE, sign="👌", position=position, read=read)
    )


def planned() -> Story:
    story = awaited().when(PlanReminder(message=HELLO, person=BO, at=LATER), by=OPERATOR, authority=PLATFORM)
    return story.then(ReplyReminderPlanned(at=LATER))


def test_only_its_author_asks_and_once() -> None:
    story = asked().when(ASK.model_copy(update={"due": LATEST}), by=ANN).refused(ReplyAlreadyExpected(message=HELLO))
    story.when(ASK, by=BO).refused(NotPermitted(authority="author of the message"))
    story.when(ReleaseReply(message=HELLO), by=BO).refused(NotPermitted(authority="author of the message"))


def test_what_can_not_be_asked() -> None:
    story = given(TALK, said("hi?", by=ANN)).when(ASK.model_copy(update={"due": NOON}), by=ANN).refused(TimeIsPast(at=NOON))
    nobody = person("nobody")
    story.when(ASK.model_copy(update={"people": (nobody,)}), by=ANN).refused(UnknownPeople(people=(nobody,)))
    story.given(taken_back()).when(ASK, by=ANN).refused(AlreadyRetracted(message=HELLO))


@pytest.mark.parametrize("read", [True, False])
def test_who_is_awaited_has_read_or_not(read: bool) -> None:
    awaited(read=read).when(AwaitReply(message=HELLO, person=BO), by=BO).refused(NotPermitted(authority="part of the platform"))


def test_they_are_reminded_at_each_time_once() -> None:
    story = planned().when(REMIND, by=OPERATOR, authority=PLATFORM)
    story.then(ReplyReminded(message=HELLO, person=BO, number=1, next=LATEST))
    story.when(REMIND, by=OPERATOR, authority=PLATFORM).then_nothing()
    story.when(RemindOfReply(message=HELLO, person=BO, due=LATEST), by=OPERATOR, authority=PLATFORM)
    story.then(ReplyReminded(message=HELLO, person=BO, number=2))
    assert story.state(AwaitedReply.at(HELLO, BO)).next is None


REPLIES = (PostMessage(channel=GENERAL, message=REPLY, text="yes", thread=HELLO), AddReaction(message=HELLO, emoji="👌"))


@pytest.mark.parametrize("answer", REPLIES, ids=["reply", "sign"])
def test_a_reply_ends_it_at_once(answer: Command) -> None:
    story = planned().when(answer, by=BO)
    assert story.happened()[1:] == [ReplyAwaitingEnded(reason="answered")]
    story.when(REMIND, by=OPERATOR, authority=PLATFORM).then_nothing()
    story.when(PostMessage(channel=GENERAL, message=LAST, text="more", thread=HELLO), by=BO)
    assert len(story.happened()) == 1


@pytest.mark.parametrize("answer", REPLIES, ids=["reply", "sign"])
def test_of_a_reply_and_a_reminder_at_the_same_moment_the_reply_is_never_first(answer: Command) -> None:
    story = planned()
    assert story.race((answer, BO), (REMIND, OPERATOR), authority={RemindOfReply: PLATFORM}) == [True, False]
    story = planned()
    assert story.race((REMIND, OPERATOR), (answer, BO), authority={RemindOfReply: PLATFORM}) == [True, False]
    story.when(answer, by=BO)
    assert story.happened()[1:] == [ReplyAwaitingEnded(reason="answered")]


def test_neither_another_sign_nor_another_person_ends_it() -> None:
    story = planned().when(AddReaction(message=HELLO, emoji="👍"), by=BO)
    story.when(AddReaction(message=HELLO, emoji="👌"), by=ANN)
    story.when(PostMessage(channel=GENERAL, message=REPLY, text="well?", thread=HELLO), by=ANN)
    assert story.state(AwaitedReply.at(HELLO, BO)).open


def test_a_reply_that_was_scheduled_ends_it_when_it_is_said() -> None:
    plan = ScheduleMessage(
        channel=GENERAL, scheduled_message=ScheduledMessageId(REPLY), at=NOON + timedelta(minutes=5), text="yes", thread=HELLO
    )
    story = planned().when(plan, by=BO)
    assert story.state(AwaitedReply.at(HELLO, BO)).open
    story.when(SendScheduledMessage(scheduled_message=ScheduledMessageId(REPLY)), by=BO)
    assert not story.state(AwaitedReply.at(HELLO, BO)).open


def test_who_answered_is_reminded_no_more() -> None:
    story = planned().when(EndAwaiting(message=HELLO, person=BO, reason="answered"), by=OPERATOR, authority=PLATFORM)
    story.then(ReplyAwaitingEnded(reason="answered")).when(REMIND, by=OPERATOR, authority=PLATFORM).then_nothing()


@pytest.mark.parametrize("people", [(), (BO, CHEN)])
def test_who_was_let_go_is_reminded_no_more(people: tuple[PersonId, ...]) -> None:
    story = planned().when(ReleaseReply(message=HELLO, people=people), by=ANN)
    story.then(ReplyReleased(by=ANN, people=people))
    story.when(REMIND, by=OPERATOR, authority=PLATFORM).then(ReplyAwaitingEnded(reason="released"))


def test_who_is_let_go_alone_leaves_the_others() -> None:
    story = planned().when(ReleaseReply(message=HELLO, people=(CHEN,)), by=ANN).then(ReplyReleased(by=ANN, people=(CHEN,)))
    story.when(REMIND, by=OPERATOR, authority=PLATFORM).then(ReplyReminded(message=HELLO, person=BO, number=1, next=LATEST))
    story.when(ReleaseReply(message=HELLO, people=(CHEN,)), by=ANN).then_nothing()
    story.when(AwaitReply(message=HELLO, person=CHEN), by=OPERATOR, authority=PLATFORM).then_nothing()


def test_who_left_is_reminded_no_more() -> None:
    story = planned().given(Membership.at(GENERAL, BO).records(MemberLeft(channel=GENERAL, person=BO)))
    story.when(REMIND, by=OPERATOR, authority=PLATFORM).then(ReplyAwaitingEnded(reason="left"))


def test_nobody_is_reminded_of_what_was_taken_back() -> None:
    planned().given(taken_back()).when(REMIND, by=OPERATOR, authority=PLATFORM).then(ReplyAwaitingEnded(reason="retracted"))


RULES = ChangeReminderRules(
    after_minutes=30, every_minutes=60, until_hours=4, working_days=("monday",), time_zone="Asia/Shanghai"
)


def test_administrators_settle_the_rules() -> None:
    story = given(TALK, joined(ROOT), administrator(ROOT)).when(RULES, by=ANN)
    story.refused(NotPermitted(authority="primary administrator"))
    story.when(RULES, by=ROOT).then(
        ReminderRulesChanged(
            after_minutes=30, every_minutes=60, until_hours=4, working_days=("monday",), time_zone="Asia/Shanghai", by=ROOT
        )
    )
    story.when(RULES.model_copy(update={"quiet_from": "20:00"}), by=ROOT).refused(QuietHoursIncomplete())


@pytest.mark.parametrize(
    "wrong", [{"working_days": ()}, {"quiet_from": "25:00"}, {"every_minutes": 1}, {"time_zone": "here there"}]
)
def test_rules_that_can_not_be(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ChangeReminderRules.model_validate(RULES.model_dump() | wrong)


def test_a_private_channel_is_not_told_of() -> None:
    story = given(TALK, said("hi?", by=ANN, channel=SECRET))
    story.when(ASK, by=CHEN).refused(NotFound(kind="Message"))
