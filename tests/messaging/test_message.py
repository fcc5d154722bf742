"""Saying, changing, keeping at hand and taking back."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from domain.directory.person import UnknownPeople
from domain.kernel.commands import Command
from domain.kernel.personal import Erased
from domain.kernel.refusals import IdTaken, NotFound, NotPermitted
from domain.messaging.channel import Channel, ChannelIsArchived
from domain.messaging.commands.expected_reply import ExpectReply, ReleaseReply
from domain.messaging.commands.limits import TEXT
from domain.messaging.commands.membership import LeaveChannel
from domain.messaging.commands.message import AttachedFile, EditMessage, PinMessage, PostMessage, RetractMessage, UnpinMessage
from domain.messaging.commands.reaction import AddReaction, RemoveReaction
from domain.messaging.commands.urgent import LiftUrgency, MarkUrgent
from domain.messaging.events.message import (
    Attachment,
    MessageEdited,
    MessagePinned,
    MessagePosted,
    MessageRetracted,
    MessageUnpinned,
)
from domain.messaging.ids import FileId, MessageId
from domain.messaging.membership import Membership
from domain.messaging.message import AlreadyRetracted, IsAReply, Message, NoSuchMessage, NothingSaid
from domain.messaging.posting import post
from tests.directory.words import ANN, BO, CHEN, ROOT, suspended
from tests.messaging.words import GENERAL, HELLO, REPLY, SECRET, TALK, archived, posted, said, taken_back
from tests.story import NOON, an_id, given, person

SAY_HI = PostMessage(channel=GENERAL, message=HELLO, text="hi")
REPLYING = PostMessage(channel=GENERAL, message=REPLY, text="你好", thread=HELLO)
ABSENT = MessageId(an_id("absent"))
MEMBER = NotPermitted(authority="member of the channel or member of the channel's department")


def changes(message: MessageId) -> list[Command]:
    return [
        EditMessage(message=message, text="hello"),
        RetractMessage(message=message),
        PinMessage(message=message),
        UnpinMessage(message=message),
        AddReaction(message=message, emoji="👍"),
        RemoveReaction(message=message, emoji="👍"),
    ]


def test_a_member_posts() -> None:
    given(TALK).when(SAY_HI, by=BO).then(posted("hi", by=BO)).allowed_by("active person and member of the channel")


def test_who_is_no_member_may_not_and_who_may_not_know_is_not_told() -> None:
    given(TALK).when(SAY_HI, by=CHEN).refused(MEMBER)
    given(TALK).when(SAY_HI.model_copy(update={"channel": SECRET}), by=CHEN).refused(NotFound(kind="Channel"))
    given(TALK).when(SAY_HI.model_copy(update={"channel": an_id("none")}), by=CHEN).refused(NotFound(kind="Channel"))
    given(TALK, suspended(BO)).when(SAY_HI, by=BO).refused(NotPermitted(authority="active person"))


def test_an_id_is_one_message() -> None:
    story = given(TALK, said("hi", by=ANN))
    story.when(SAY_HI, by=ANN).then_nothing()
    story.when(SAY_HI, by=BO).refused(IdTaken(id=HELLO))
    story.when(SAY_HI.model_copy(update={"text": "ho"}), by=ANN).refused(IdTaken(id=HELLO))
    story.when(SAY_HI.model_copy(update={"channel": SECRET}), by=ANN).refused(IdTaken(id=HELLO))


def test_what_was_edited_since_may_still_be_repeated() -> None:
    story = given(TALK).when(SAY_HI, by=ANN).when(EditMessage(message=HELLO, text="hello"), by=ANN)
    story.when(SAY_HI, by=ANN).then_nothing()
    story.when(RetractMessage(message=HELLO), by=ANN).when(SAY_HI, by=ANN).then_nothing()


def test_nothing_is_said_in_an_archived_channel() -> None:
    story = given(TALK, said("hi", by=ANN), archived())
    refusal = ChannelIsArchived(channel=GENERAL)
    for wish in (
        REPLYING,
        EditMessage(message=HELLO, text="x"),
        PinMessage(message=HELLO),
        AddReaction(message=HELLO, emoji="x"),
    ):
        story.when(wish, by=ANN).refused(refusal)
    story.when(RetractMessage(message=HELLO), by=ANN).then(MessageRetracted(by=ANN))


def test_replies_belong_to_the_message_that_began_the_thread() -> None:
    story = given(TALK, said("hi", by=ANN)).when(REPLYING, by=BO)
    story.then(MessagePosted(channel=GENERAL, author=BO, text="你好", thread=HELLO))
    other = PostMessage(channel=GENERAL, message=ABSENT, text="and", thread=REPLY)
    story.when(other, by=BO).refused(IsAReply(message=REPLY, thread=HELLO))


@pytest.mark.parametrize("field", ["thread", "quotes"])
def test_what_is_answered_or_quoted_must_be_in_this_channel(field: str) -> None:
    story = given(TALK, said("psst", by=ANN, channel=SECRET))
    for elsewhere in (HELLO, ABSENT):
        wish = PostMessage.model_validate({"channel": GENERAL, "message": REPLY, "text": "?", field: elsewhere})
        story.when(wish, by=BO).refused(NoSuchMessage(message=elsewhere))


def test_quotes_refer_and_a_lone_message_is_in_the_channel_anyway() -> None:
    quoting = PostMessage(channel=GENERAL, message=REPLY, text="!", quotes=HELLO, also_in_channel=True)
    story = given(TALK, said("hi", by=ANN)).when(quoting, by=BO)
    story.then(MessagePosted(channel=GENERAL, author=BO, text="!", quotes=HELLO))


def test_mentions_are_of_people_who_are_there() -> None:
    text = f"<@{BO}> and <@{CHEN}>"
    wish = PostMessage(channel=GENERAL, message=HELLO, text=text, mentions=(BO, CHEN, BO))
    given(TALK).when(wish, by=ANN).then(MessagePosted(channel=GENERAL, author=ANN, text=text, mentions=(BO, CHEN)))
    strangers = (person("x"), person("y"))
    wish = PostMessage(channel=GENERAL, message=HELLO, text="hi", mentions=(strangers[0], BO, strangers[1]))
    given(TALK).when(wish, by=ANN).refused(UnknownPeople(people=strangers))
    edit = EditMessage(message=HELLO, text="hi", mentions=strangers)
    given(TALK, said("hi", by=ANN)).when(edit, by=ANN).refused(UnknownPeople(people=strangers))


def test_a_message_says_something_or_carries_a_file() -> None:
    blank = SAY_HI.model_copy(update={"text": " \n"})
    given(TALK).when(blank, by=ANN).refused(NothingSaid())
    file = FileId(an_id("plan.pdf"))
    attached = AttachedFile(file=file, name="plan.pdf", size=12, media_type="application/pdf")
    wish = PostMessage(channel=GENERAL, message=HELLO, text="", attachments=(attached,))
    known = Attachment(file=file, name="plan.pdf", owner=ANN, size=12, media_type="application/pdf")
    given(TALK).when(wish, by=ANN).then(MessagePosted(channel=GENERAL, author=ANN, text="", attachments=(known,)))
    given(TALK, said("hi", by=ANN)).when(EditMessage(message=HELLO, text=" "), by=ANN).refused(NothingSaid())


def test_its_author_edits_and_retracts() -> None:
    (
        given(TALK, said("hi", by=BO))
        .when(EditMessage(message=HELLO, text="hello"), by=BO)
        .then(MessageEdited(author=BO, text="hello"))
        .when(EditMessage(message=HELLO, text="hey"), by=ANN)
        .refused(NotPermitted(authority="author of the message"))
        .when(RetractMessage(message=HELLO), by=BO)
        .then(MessageRetracted(by=BO))
        .when(EditMessage(message=HELLO, text="hey"), by=BO)
        .refused(AlreadyRetracted(message=HELLO))
        .when(EditMessage(message=HELLO, text="hello"), by=BO)
        .refused(AlreadyRetracted(message=HELLO))
    )


def test_an_owner_takes_back_what_another_said_and_a_member_does_not() -> None:
    given(TALK, said("hi", by=BO)).when(RetractMessage(message=HELLO), by=ANN).then(MessageRetracted(by=ANN))
    story = given(TALK, said("hi", by=ANN)).when(RetractMessage(message=HELLO), by=BO)
    assert story.last
    assert isinstance(story.last.answer, NotPermitted)


def test_an_author_who_left_the_channel_takes_back_but_does_not_edit() -> None:
    story = given(TALK, said("hi", by=BO)).when(LeaveChannel(channel=GENERAL), by=BO)
    story.when(EditMessage(message=HELLO, text="hello"), by=BO).refused(MEMBER)
    story.when(RetractMessage(message=HELLO), by=BO).then(MessageRetracted(by=BO))


def test_to_an_author_who_left_a_private_channel_it_is_not_there() -> None:
    story = given(TALK, said("hi", by=BO, channel=SECRET)).when(LeaveChannel(channel=SECRET), by=BO)
    for wish in (
        *changes(HELLO),
        ReleaseReply(message=HELLO),
        ExpectReply(message=HELLO, due=NOON + timedelta(hours=1)),
        MarkUrgent(message=HELLO),
        LiftUrgency(message=HELLO),
    ):
        story.when(wish, by=BO).refused(NotFound(kind="Message"))


def test_members_pin_and_unpin_what_another_said() -> None:
    (
        given(TALK, said("hi", by=ANN))
        .when(PinMessage(message=HELLO), by=BO)
        .then(MessagePinned(by=BO))
        .when(UnpinMessage(message=HELLO), by=ANN)
        .then(MessageUnpinned(by=ANN))
    )


def test_what_was_taken_back_is_not_at_hand() -> None:
    story = given(TALK, said("hi", by=ANN)).when(PinMessage(message=HELLO), by=BO).given(taken_back())
    story.when(UnpinMessage(message=HELLO), by=BO).then_nothing()
    story.when(PinMessage(message=HELLO), by=BO).refused(AlreadyRetracted(message=HELLO))


@pytest.mark.parametrize("n", range(6))
def test_absent_and_hidden_messages_are_answered_alike(n: int) -> None:
    story = given(TALK, said("psst", by=ANN, channel=SECRET))
    for message in (HELLO, ABSENT):
        story.when(changes(message)[n], by=CHEN).refused(NotFound(kind="Message"))


@pytest.mark.parametrize("n", range(6))
def test_who_sees_a_public_channel_is_told_what_is_lacking(n: int) -> None:
    story = given(TALK, said("hi", by=ANN)).when(changes(HELLO)[n], by=CHEN)
    assert story.last
    assert isinstance(story.last.answer, NotPermitted)


def test_an_erased_text_is_neither_repeated_nor_the_same_as_another() -> None:
    erased = Message.at(HELLO).records(MessagePosted(channel=GENERAL, author=ANN, text=Erased()))
    given(TALK, erased).when(SAY_HI, by=ANN).refused(IdTaken(id=HELLO))
    story = given(TALK, erased).when(EditMessage(message=HELLO, text="hi"), by=ANN)
    story.then(MessageEdited(author=ANN, text="hi"))


def test_administrators_are_no_members_of_private_channels() -> None:
    story = given(TALK).when(SAY_HI.model_copy(update={"channel": SECRET}), by=ROOT)
    story.refused(NotFound(kind="Channel"))


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "x" * (TEXT + 1)},
        {"text": "😀" * (TEXT - 1)},
        {"text": "a\x00b"},
        {"text": "\x1b[31m"},
        {"mentions": [person(str(n)) for n in range(51)]},
        {"attachments": [{"file": HELLO, "name": "a\nb"}]},
        {"attachments": [{"file": HELLO, "name": "x", "size": -1}]},
        {"channel": "no id"},
        {"colour": "red"},
    ],
)
def test_limits(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PostMessage.model_validate({"channel": GENERAL, "message": HELLO, "text": "hi"} | fields)


def test_texts_are_kept_exactly() -> None:
    text = "  tabs\tand\nlines, 上海 and 😀 ‮ stay  "
    given(TALK).when(SAY_HI.model_copy(update={"text": text}), by=ANN).then(posted(text, by=ANN))


def test_decide_is_an_ordinary_function() -> None:
    new = Message.at(HELLO)
    happened = post(
        SAY_HI,
        ANN,
        NOON,
        message=new,
        channel=Channel.at(GENERAL),
        root=None,
        quoted=None,
        mentioned=(),
        departments=(),
        groups=(),
        membership=Membership.at(GENERAL, ANN),
        belonging=None,
        calling=None,
        owed=None,
        turn=None,
        last_turn=None,
    )
    assert happened == new.records(posted("hi", by=ANN))
