"""How far somebody has read: it only goes forward."""

from domain.kernel.refusals import NotFound, NotPermitted
from domain.messaging.commands.reading import ChangeReadReceipts, MarkRead, MarkUnread
from domain.messaging.events.reading import ChannelMarkedUnread, ChannelRead, ReadReceiptsChanged
from domain.messaging.reading import ReadMark
from tests.directory.words import ANN, BO, CHEN, ROOT, administrator
from tests.messaging.words import GENERAL, HELLO, REPLY, SECRET, TALK, said
from tests.story import given, joined


def test_it_goes_forward_only() -> None:
    story = given(TALK, said("one", by=ANN), said("two", by=ANN, message=REPLY))
    one, two = len(story.history) - 1, len(story.history)
    story.when(MarkRead(message=HELLO), by=BO).then(ChannelRead(channel=GENERAL, person=BO, message=HELLO, upto=one))
    story.when(MarkRead(message=REPLY), by=BO).then(ChannelRead(channel=GENERAL, person=BO, message=REPLY, upto=two))
    story.when(MarkRead(message=HELLO), by=BO).then_nothing()
    assert story.state(ReadMark.at(GENERAL, BO)).upto == two
    assert story.state(ReadMark.at(GENERAL, ANN)).upto == 0


def test_what_was_read_may_count_as_unread_again_and_stays_read_for_others() -> None:
    story = given(TALK, said("one", by=ANN), said("two", by=ANN, message=REPLY))
    one, two = len(story.history) - 1, len(story.history)
    story.when(MarkUnread(message=HELLO), by=BO).then_nothing()
    story.when(MarkRead(message=REPLY), by=BO)
    story.when(MarkUnread(message=HELLO), by=BO)
    story.then(ChannelMarkedUnread(channel=GENERAL, person=BO, message=HELLO, upto=one - 1))
    assert story.state(ReadMark.at(GENERAL, BO)).upto == two
    story.when(MarkRead(message=HELLO), by=BO).then(ChannelRead(channel=GENERAL, person=BO, message=HELLO, upto=one))
    assert story.state(ReadMark.at(GENERAL, BO)).upto == two
    story.when(MarkUnread(message=REPLY), by=BO).then_nothing()
    lacking = "member of the channel or member of the channel's department"
    story.when(MarkUnread(message=HELLO), by=CHEN).refused(NotPermitted(authority=lacking))


def test_only_who_takes_part_reads_on_record() -> None:
    story = given(TALK, said("one", by=ANN), said("two", by=ANN, channel=SECRET, message=REPLY))
    lacking = "member of the channel or member of the channel's department"
    story.when(MarkRead(message=HELLO), by=CHEN).refused(NotPermitted(authority=lacking))
    story.when(MarkRead(message=REPLY), by=CHEN).refused(NotFound(kind="Message"))


def test_administrators_settle_whether_senders_see_it() -> None:
    story = given(TALK, joined(ROOT), administrator(ROOT))
    story.when(ChangeReadReceipts(shown=True), by=ROOT).then_nothing()
    story.when(ChangeReadReceipts(shown=False), by=ANN).refused(NotPermitted(authority="primary administrator"))
    story.when(ChangeReadReceipts(shown=False), by=ROOT).then(ReadReceiptsChanged(shown=False, by=ROOT))
    story.when(ChangeReadReceipts(shown=True), by=ROOT).then(ReadReceiptsChanged(shown=True, by=ROOT))
