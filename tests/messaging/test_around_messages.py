"""What people do about messages: forward, save, follow, and set one on top of the channel."""

from domain.kernel.refusals import IdTaken, NotFound, NotPermitted
from domain.messaging.channel import ChannelIsArchived, OwnersOnly
from domain.messaging.commands.channel import ArchiveChannel, ChangeChannelSettings
from domain.messaging.commands.message import ForwardMessage
from domain.messaging.commands.notice import ClearNotice, SetNotice
from domain.messaging.commands.saved import SaveMessage, UnsaveMessage
from domain.messaging.commands.thread_following import FollowThread, UnfollowThread
from domain.messaging.events.message import MessagePosted
from domain.messaging.events.notice import NoticeCleared, NoticeSet
from domain.messaging.events.saved import MessageSaved, MessageUnsaved
from domain.messaging.events.thread_following import ThreadFollowed, ThreadUnfollowed
from domain.messaging.ids import MessageId
from domain.messaging.message import AlreadyRetracted, IsAReply, Message
from tests.directory.words import ANN, BO, CHEN, SALES, belongs
from tests.messaging.words import GENERAL, HELLO, OF_SALES, REPLY, SECRET, TALK, said, taken_back
from tests.story import an_id, given

COPY = MessageId(an_id("forwarded"))
FORWARD = ForwardMessage(channel=GENERAL, message=COPY, forwards=HELLO, text="look")
REPLIED = Message.at(REPLY).records(MessagePosted(channel=GENERAL, author=BO, text="yes", thread=HELLO))


def test_what_one_may_read_is_forwarded_and_not_copied() -> None:
    story = given(TALK, said("秘密", by=ANN, channel=SECRET)).when(FORWARD, by=BO)
    story.then(MessagePosted(channel=GENERAL, author=BO, text="look", forwards=HELLO))
    story.when(FORWARD, by=ANN).refused(IdTaken(id=COPY))


def test_what_one_may_not_read_is_not_forwarded() -> None:
    forward = FORWARD.model_copy(update={"channel": OF_SALES})
    story = given(TALK, belongs(CHEN, SALES), said("秘密", by=ANN, channel=SECRET)).when(forward, by=CHEN)
    story.refused(NotFound(kind="Channel"))
    story = given(TALK, belongs(CHEN, SALES), belongs(BO, SALES), said("hi", by=BO, channel=OF_SALES)).when(forward, by=CHEN)
    story.then(MessagePosted(channel=OF_SALES, author=CHEN, text="look", forwards=HELLO))
    given(TALK, said("hi", by=ANN), taken_back()).when(FORWARD, by=BO).refused(AlreadyRetracted(message=HELLO))


def test_nobody_forwards_into_a_channel_where_they_may_not_speak() -> None:
    story = given(TALK, said("hi", by=ANN)).when(FORWARD.model_copy(update={"channel": SECRET}), by=CHEN)
    story.refused(NotFound(kind="Channel"))
    story.when(ChangeChannelSettings(channel=GENERAL, posting="owners"), by=ANN)
    story.when(FORWARD, by=BO).refused(OwnersOnly(channel=GENERAL))
    story.when(ArchiveChannel(channel=GENERAL), by=ANN).when(FORWARD, by=ANN).refused(ChannelIsArchived(channel=GENERAL))


def test_each_saves_for_themselves() -> None:
    story = given(TALK, said("hi", by=ANN)).when(SaveMessage(message=HELLO, note="later"), by=BO)
    story.then(MessageSaved(message=HELLO, person=BO, note="later"))
    story.when(SaveMessage(message=HELLO), by=BO).then(MessageSaved(message=HELLO, person=BO))
    story.when(UnsaveMessage(message=HELLO), by=ANN).then_nothing()
    story.when(UnsaveMessage(message=HELLO), by=BO).then(MessageUnsaved(message=HELLO, person=BO))
    hidden = given(TALK, said("hi", by=ANN, channel=SECRET)).when(SaveMessage(message=HELLO), by=CHEN)
    hidden.refused(NotFound(kind="Message"))
    taken = given(TALK, said("hi", by=ANN), taken_back())
    taken.when(SaveMessage(message=HELLO), by=BO).refused(AlreadyRetracted(message=HELLO))


def test_a_thread_is_followed_by_its_beginning() -> None:
    story = given(TALK, said("hi", by=ANN), REPLIED).when(FollowThread(message=HELLO), by=CHEN)
    story.then(ThreadFollowed(message=HELLO, person=CHEN))
    story.when(UnfollowThread(message=HELLO), by=CHEN).then(ThreadUnfollowed(message=HELLO, person=CHEN))
    for wish in (FollowThread(message=REPLY), UnfollowThread(message=REPLY)):
        story.when(wish, by=CHEN).refused(IsAReply(message=REPLY, thread=HELLO))


def test_one_message_stands_on_top() -> None:
    story = given(TALK, said("hi", by=ANN), said("ho", by=ANN, message=REPLY)).when(SetNotice(message=HELLO), by=BO)
    story.then(NoticeSet(channel=GENERAL, message=HELLO, by=BO))
    story.when(SetNotice(message=REPLY), by=ANN).then(NoticeSet(channel=GENERAL, message=REPLY, by=ANN))
    story.when(ChangeChannelSettings(channel=GENERAL, pinning="owners"), by=ANN)
    for wish in (SetNotice(message=HELLO), ClearNotice(channel=GENERAL)):
        story.when(wish, by=BO).refused(OwnersOnly(channel=GENERAL))
    story.when(ClearNotice(channel=GENERAL), by=CHEN)
    assert isinstance(story.last and story.last.answer, NotPermitted)
    story.when(ClearNotice(channel=GENERAL), by=ANN).then(NoticeCleared(channel=GENERAL, by=ANN))
    taken = given(TALK, said("hi", by=ANN), taken_back())
    taken.when(SetNotice(message=HELLO), by=ANN).refused(AlreadyRetracted(message=HELLO))
