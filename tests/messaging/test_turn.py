"""Slow mode: who waits between two messages, for how long, and that it costs the same whatever was said before."""

from datetime import timedelta

import pytest

from domain.messaging.channel import ChannelIsArchived
from domain.messaging.commands.channel import ChangeSlowMode
from domain.messaging.commands.message import ForwardMessage, PostMessage
from domain.messaging.commands.poll import OpenPoll
from domain.messaging.commands.scheduled import ScheduleMessage, SendScheduledMessage
from domain.messaging.events.channel import ChannelSlowModeChanged
from domain.messaging.events.message import MessagePosted
from domain.messaging.events.turn import TurnTaken
from domain.messaging.ids import MessageId, PollId, ScheduledMessageId
from domain.messaging.turn import TooSoon
from tests.directory.words import ANN, BO, CHEN, DI, SALES, belongs
from tests.messaging.test_keeping import KEEPER
from tests.messaging.words import GENERAL, HELLO, OF_SALES, TALK, archived, member, posted
from tests.story import NOON, Story, an_id, given

SLOW = ChangeSlowMode(channel=GENERAL, seconds=60)


def say(name: str) -> PostMessage:
    return PostMessage(channel=GENERAL, message=MessageId(an_id(name)), text=name)


def slow() -> Story:
    return given(TALK, member(CHEN)).when(SLOW, by=ANN).then(ChannelSlowModeChanged(channel=GENERAL, seconds=60, by=ANN))


def later(story: Story, seconds: int) -> Story:
    return story.at(story.now + timedelta(seconds=seconds))


def turn(name: str, story: Story) -> TurnTaken:
    return TurnTaken(channel=GENERAL, person=BO, message=MessageId(an_id(name)), at=story.now)


def test_members_wait_and_are_told_until_when() -> None:
    story = slow()
    story.when(say("one"), by=BO).then(posted("one", by=BO), turn("one", story))
    wait = TooSoon(seconds=60, again=NOON + timedelta(seconds=60))
    later(story, 59).when(say("two"), by=BO).refused(wait)
    story.when(say("of another"), by=CHEN)
    story.when(say("one"), by=BO).then_nothing()
    later(story, 1).when(say("two"), by=BO).then(posted("two", by=BO), turn("two", story))


def test_who_keeps_the_channel_does_not_wait() -> None:
    story = slow().when(say("one"), by=ANN).then(posted("one", by=ANN))
    story.when(say("two"), by=ANN).then(posted("two", by=ANN))
    led = given(TALK, belongs(DI, SALES, leads=True)).when(ChangeSlowMode(channel=OF_SALES, seconds=60), by=DI)
    for name in ("one", "two"):
        led.when(say(name).model_copy(update={"channel": OF_SALES}), by=DI).then(posted(name, by=DI, channel=OF_SALES))


@pytest.mark.parametrize("second", ["reply", "forward", "poll", "scheduled"])
def test_nothing_else_that_is_said_goes_round_it(second: str) -> None:
    plan, at = ScheduledMessageId(an_id("plan")), NOON + timedelta(seconds=30)
    story = slow().when(say("one"), by=BO)
    planned = ScheduleMessage(channel=GENERAL, text="planned", scheduled_message=plan, at=at)
    wish = {
        "reply": say("reply").model_copy(update={"thread": MessageId(an_id("one"))}),
        "forward": ForwardMessage(channel=GENERAL, message=HELLO, forwards=MessageId(an_id("one"))),
        "poll": OpenPoll(channel=GENERAL, message=HELLO, poll=PollId(an_id("poll")), question="?", options=("a", "b")),
        "scheduled": SendScheduledMessage(scheduled_message=plan, due=at),
    }[second]
    if second == "scheduled":
        story.when(planned, by=BO)  # planning it is saying nothing
    later(story, 30).when(wish, by=BO).refused(TooSoon(seconds=60, again=NOON + timedelta(seconds=60)))
    later(story, 30).when(wish, by=BO)
    assert any(isinstance(each.event, TurnTaken) for each in story.history[story.mark :])


def test_midnight_ends_no_wait() -> None:
    story = slow().at(NOON.replace(hour=23, minute=59, second=30)).when(say("one"), by=BO)
    later(story, 59).when(say("two"), by=BO).refused(TooSoon(seconds=60, again=story.now + timedelta(seconds=1)))
    later(story, 1).when(say("two"), by=BO).then(posted("two", by=BO), turn("two", story))


def test_it_is_switched_by_who_keeps_the_channel() -> None:
    given(TALK).when(SLOW, by=BO).refused(KEEPER)
    given(TALK, archived()).when(SLOW, by=ANN).refused(ChannelIsArchived(channel=GENERAL))
    story = slow().when(say("one"), by=BO).when(ChangeSlowMode(channel=GENERAL, seconds=0), by=ANN)
    story.when(say("two"), by=BO).then(MessagePosted(channel=GENERAL, author=BO, text="two"))


def test_no_stream_grows_with_the_days_and_none_is_read_where_nobody_waits() -> None:
    story = slow()
    for day in range(30):
        story.at(NOON + timedelta(days=day))
        for n in range(3):
            later(story, 60).when(say(f"{day} {n}"), by=BO)
    turns = [state.version for stream, state in story.states.items() if stream.startswith("messaging.turn/")]
    assert (len(turns), max(turns)) == (30, 3)
    read = [stream for stream in story.decide(say("now"), BO).guards if stream.startswith("messaging.turn/")]
    assert len(read) == 2
    story.when(ChangeSlowMode(channel=GENERAL, seconds=0), by=ANN)
    assert not [stream for stream in story.decide(say("now"), BO).guards if stream.startswith("messaging.turn/")]


def test_two_at_once_are_not_both_said() -> None:
    story = slow()
    assert story.race((say("one"), BO), (say("two"), BO)) == [True, False]
