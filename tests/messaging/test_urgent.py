"""Urgent messages: alerted again and again, so many times at most, until acknowledged."""

from datetime import timedelta

from domain.kernel.events import Authority
from domain.kernel.refusals import NotPermitted
from domain.messaging.commands.urgent import AcknowledgeMessage, LiftUrgency, MarkUrgent, RaiseAlert, RepeatAlert
from domain.messaging.events.membership import MemberLeft
from domain.messaging.events.urgent import (
    AlertAcknowledged,
    AlertEnded,
    AlertRaised,
    AlertRepeated,
    MessageMarkedUrgent,
    UrgencyLifted,
)
from domain.messaging.membership import Membership
from domain.messaging.message import AlreadyRetracted
from domain.messaging.urgent import AlreadyUrgent, NotUrgent
from tests.directory.words import ANN, BO, CHEN
from tests.messaging.words import GENERAL, HELLO, TALK, said, taken_back
from tests.story import NOON, OPERATOR, Story, given

MARK = MarkUrgent(message=HELLO, every_minutes=10, at_most=3)
TIMER = Authority("timer alert_again")
SOON, THEN = NOON + timedelta(minutes=10), NOON + timedelta(minutes=20)


def marked() -> Story:
    story = given(TALK, said("fire!", by=ANN))
    position = len(story.history)
    return story.when(MARK, by=ANN).then(
        MessageMarkedUrgent(channel=GENERAL, by=ANN, every_minutes=10, at_most=3, position=position)
    )


def raised() -> Story:
    story = marked().when(RaiseAlert(message=HELLO, person=BO), by=OPERATOR, authority=TIMER)
    return story.then(AlertRaised(message=HELLO, person=BO, by=ANN, next=SOON))


def again(story: Story, due: object) -> Story:
    return story.when(RepeatAlert.model_validate({"message": HELLO, "person": BO, "due": due}), by=OPERATOR, authority=TIMER)


def test_three_times_at_most() -> None:
    story = again(raised().at(SOON), SOON).then(AlertRepeated(message=HELLO, person=BO, number=2, next=THEN))
    again(story, SOON).then_nothing()
    again(story.at(THEN), THEN).then(AlertRepeated(message=HELLO, person=BO, number=3))


def test_what_was_missed_is_not_made_up_for() -> None:
    late = NOON + timedelta(hours=5)
    again(raised().at(late), SOON).then(AlertRepeated(message=HELLO, person=BO, number=2, next=late + timedelta(minutes=10)))


def test_whoever_acknowledged_is_left_alone() -> None:
    story = raised().when(AcknowledgeMessage(message=HELLO), by=BO)
    story.then(AlertAcknowledged(message=HELLO, person=BO, by=ANN))
    again(story.at(SOON), SOON).then_nothing()


def test_one_may_be_quicker_than_the_alert() -> None:
    story = marked().when(AcknowledgeMessage(message=HELLO), by=BO).then(AlertAcknowledged(message=HELLO, person=BO, by=ANN))
    story.when(RaiseAlert(message=HELLO, person=BO), by=OPERATOR, authority=TIMER).then_nothing()


def test_it_ends_for_who_left_when_lifted_and_when_taken_back() -> None:
    left = Membership.at(GENERAL, BO).records(MemberLeft(channel=GENERAL, person=BO))
    again(raised().given(left).at(SOON), SOON).then(AlertEnded(reason="left"))
    again(raised().given(taken_back()).at(SOON), SOON).then(AlertEnded(reason="retracted"))
    story = raised().when(LiftUrgency(message=HELLO), by=ANN).then(UrgencyLifted(by=ANN)).at(SOON)
    again(story, SOON).then(AlertEnded(reason="lifted"))
    story.when(RaiseAlert(message=HELLO, person=CHEN), by=OPERATOR, authority=TIMER).then_nothing()


def test_only_its_author_marks_it_and_only_who_is_asked_acknowledges() -> None:
    story = given(TALK, said("fire!", by=ANN)).when(MARK, by=BO).refused(NotPermitted(authority="author of the message"))
    story.when(AcknowledgeMessage(message=HELLO), by=BO).refused(NotUrgent(message=HELLO))
    story.when(MARK, by=ANN).when(MARK.model_copy(update={"at_most": 2}), by=ANN).refused(AlreadyUrgent(message=HELLO))
    story.when(AcknowledgeMessage(message=HELLO), by=ANN).refused(NotUrgent(message=HELLO))
    given(TALK, said("fire!", by=ANN), taken_back()).when(MARK, by=ANN).refused(AlreadyRetracted(message=HELLO))
    story = given(TALK, said("fire!", by=ANN)).when(MARK.model_copy(update={"people": (CHEN,)}), by=ANN)
    story.when(AcknowledgeMessage(message=HELLO), by=BO).refused(NotUrgent(message=HELLO))
