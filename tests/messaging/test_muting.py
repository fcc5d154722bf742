"""What somebody wishes to hear of a channel."""

from datetime import timedelta

from domain.kernel.refusals import NotFound
from domain.messaging.commands.message import PostMessage
from domain.messaging.commands.muting import MuteChannel, UnmuteChannel
from domain.messaging.events.muting import ChannelMuted, ChannelUnmuted
from tests.directory.words import ANN, BO, CHEN
from tests.messaging.words import GENERAL, HELLO, SECRET, TALK
from tests.story import NOON, given

MUTE = MuteChannel(channel=GENERAL)


def test_each_mutes_for_themselves() -> None:
    story = given(TALK).when(MUTE, by=BO).then(ChannelMuted(channel=GENERAL, person=BO))
    until = NOON + timedelta(hours=8)
    story.when(MuteChannel(channel=GENERAL, until=until), by=BO).then(ChannelMuted(channel=GENERAL, person=BO, until=until))
    story.when(UnmuteChannel(channel=GENERAL), by=ANN).then_nothing()
    story.when(UnmuteChannel(channel=GENERAL), by=BO).then(ChannelUnmuted(channel=GENERAL, person=BO))


def test_what_is_said_rests_on_nobodys_muting() -> None:
    say = PostMessage(channel=GENERAL, message=HELLO, text="hi")
    assert given(TALK).race((MUTE, BO), (say, BO)) == [True, True]


def test_strangers_know_nothing_of_it() -> None:
    given(TALK).when(MuteChannel(channel=SECRET), by=CHEN).refused(NotFound(kind="Channel"))
