"""Messages for later: when they are said, when not, and who may change that."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from pydantic import ValidationError

from domain.directory.events.person import PersonSuspended
from domain.directory.person import Person
from domain.kernel.events import Authority
from domain.kernel.refusals import IdTaken, NotFound, NotPermitted
from domain.messaging.channel import ChannelIsArchived
from domain.messaging.commands.message import PostMessage
from domain.messaging.commands.scheduled import (
    CancelScheduledMessage,
    HoldBackScheduledMessage,
    RescheduleMessage,
    ScheduleMessage,
    SendScheduledMessage,
)
from domain.messaging.events.membership import MemberLeft
from domain.messaging.events.scheduled import (
    MessageRescheduled,
    MessageScheduled,
    ScheduledMessageCancelled,
    ScheduledMessageHeldBack,
    ScheduledMessageSent,
)
from domain.messaging.ids import ScheduledMessageId
from domain.messaging.membership import Membership
from domain.messaging.message import NothingSaid
from domain.messaging.scheduled import NoLongerScheduled, TimeIsPast
from tests.directory.words import ANN, BO
from tests.messaging.words import GENERAL, HELLO, SECRET, TALK, archived, posted
from tests.story import NOON, Story, given

LATER, NEXT_DAY = NOON + timedelta(hours=2), NOON + timedelta(days=1)
THIS = ScheduledMessageId(HELLO)
PLAN = ScheduleMessage(channel=GENERAL, scheduled_message=THIS, at=LATER, text="hi")
PLANNED = MessageScheduled(at=LATER, channel=GENERAL, author=BO, text="hi")
TIMER = Authority("timer send_scheduled_message")
SEND = SendScheduledMessage(scheduled_message=THIS, due=LATER)


def planned() -> Story:
    return given(TALK).when(PLAN, by=BO).then(PLANNED)


def test_it_is_said_at_its_time_once() -> None:
    story = planned().at(LATER).when(SEND, by=BO).then(posted("hi", BO), ScheduledMessageSent())
    story.allowed_by("active person and author of the scheduled message and member of the channel")
    story.when(CancelScheduledMessage(scheduled_message=THIS), by=BO).refused(NoLongerScheduled(scheduled_message=THIS))
    story.when(RescheduleMessage(scheduled_message=THIS, at=NEXT_DAY), by=BO).refused(NoLongerScheduled(scheduled_message=THIS))


def test_what_was_put_off_is_not_said_at_the_old_time() -> None:
    story = planned().when(RescheduleMessage(scheduled_message=THIS, at=NEXT_DAY), by=BO).then(MessageRescheduled(at=NEXT_DAY))
    story.at(LATER).when(SEND, by=BO).then_nothing()
    story.at(NEXT_DAY).when(SendScheduledMessage(scheduled_message=THIS, due=NEXT_DAY), by=BO)
    story.then(posted("hi", BO), ScheduledMessageSent())


def test_what_was_cancelled_is_never_said() -> None:
    story = planned().when(CancelScheduledMessage(scheduled_message=THIS), by=BO).then(ScheduledMessageCancelled())
    story.at(LATER).when(SEND, by=BO).then_nothing()
    story.when(SendScheduledMessage(scheduled_message=THIS), by=BO).refused(NoLongerScheduled(scheduled_message=THIS))
    story.when(RescheduleMessage(scheduled_message=THIS, at=NEXT_DAY), by=BO).refused(NoLongerScheduled(scheduled_message=THIS))


def test_its_author_may_say_it_at_once() -> None:
    planned().when(SendScheduledMessage(scheduled_message=THIS), by=BO).then(posted("hi", BO), ScheduledMessageSent())


def test_whoever_left_meanwhile_does_not_say_it() -> None:
    story = planned().given(Membership.at(GENERAL, BO).records(MemberLeft(channel=GENERAL, person=BO)))
    story.at(LATER).when(SEND, by=BO).refused(
        NotPermitted(authority="member of the channel or member of the channel's department")
    )


def test_whoever_is_suspended_says_nothing() -> None:
    story = planned().given(Person.at(BO).records(PersonSuspended(person=BO)))
    story.at(LATER).when(SEND, by=BO).refused(NotPermitted(authority="active person"))


def test_nothing_is_said_in_an_archived_channel() -> None:
    planned().given(archived()).at(LATER).when(SEND, by=BO).refused(ChannelIsArchived(channel=GENERAL))


def test_what_was_held_back_can_have_another_time() -> None:
    why = HoldBackScheduledMessage(scheduled_message=THIS, due=LATER, refusal="NotPermitted", lacking="active person")
    story = planned().at(LATER).when(why, by=ANN, authority=TIMER)
    story.then(ScheduledMessageHeldBack(refusal="NotPermitted", lacking="active person"))
    story.when(SEND, by=BO).then_nothing()
    story.when(RescheduleMessage(scheduled_message=THIS, at=NEXT_DAY), by=BO).then(MessageRescheduled(at=NEXT_DAY))
    story.when(why, by=ANN, authority=TIMER).then_nothing()


def test_no_person_notes_that_it_was_held_back() -> None:
    why = HoldBackScheduledMessage(scheduled_message=THIS, due=LATER, refusal="NotPermitted")
    planned().when(why, by=BO).refused(NotPermitted(authority="part of the platform"))


@pytest.mark.parametrize(
    "wish",
    [
        SendScheduledMessage(scheduled_message=THIS),
        CancelScheduledMessage(scheduled_message=THIS),
        RescheduleMessage(scheduled_message=THIS, at=NEXT_DAY),
    ],
    ids=lambda wish: type(wish).__name__,
)
def test_nobody_else_knows_of_it(wish: SendScheduledMessage) -> None:
    planned().when(wish, by=ANN).refused(NotFound(kind="ScheduledMessage"))


def test_what_could_not_be_said_now_is_not_scheduled() -> None:
    story = given(TALK).when(PLAN.model_copy(update={"text": " "}), by=BO).refused(NothingSaid())
    story.when(PLAN.model_copy(update={"at": NOON}), by=BO).refused(TimeIsPast(at=NOON))
    story.when(PLAN.model_copy(update={"channel": SECRET}), by=ANN).then(replace(PLANNED, author=ANN, channel=SECRET))
    story.when(PLAN, by=BO).refused(IdTaken(id=THIS))


def test_everything_that_can_be_said_now_can_be_said_later() -> None:
    now, later = PostMessage.model_fields, ScheduleMessage.model_fields
    assert {name: (f.annotation, f.metadata) for name, f in now.items() if name != "message"} == {
        name: (f.annotation, f.metadata) for name, f in later.items() if name not in ("scheduled_message", "at")
    }
    assert now.keys() - {"message"} <= set(MessageScheduled.__struct_fields__)


def test_a_time_says_its_offset() -> None:
    with pytest.raises(ValidationError, match="offset from UTC"):
        RescheduleMessage(scheduled_message=THIS, at=LATER.replace(tzinfo=None))
