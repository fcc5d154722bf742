"""Drafts: kept for oneself, by place; the last one counts."""

from domain.kernel.refusals import NotFound, NotPermitted
from domain.messaging.commands.draft import DiscardDraft, SaveDraft
from domain.messaging.draft import Draft
from domain.messaging.events.draft import DraftDiscarded, DraftSaved
from domain.messaging.events.message import MessagePosted
from domain.messaging.ids import PlaceId
from domain.messaging.message import IsAReply, Message, NoSuchMessage
from tests.directory.words import ANN, BO, CHEN
from tests.messaging.words import GENERAL, HELLO, REPLY, SECRET, TALK, said
from tests.story import Story, given

BEGUN = SaveDraft(channel=GENERAL, text="Dear a")
IN_THREAD = SaveDraft(channel=GENERAL, thread=HELLO, text="I th")


def kept(story: Story, wish: SaveDraft) -> Story:
    """What a save comes to; it is saved again every time, so it isn't asked twice."""
    answer = story.decide(wish, BO).answer
    assert isinstance(answer, tuple), answer
    return story.given(answer)


def test_each_place_has_a_draft_of_its_own() -> None:
    story = kept(kept(given(TALK, said("hi", by=ANN)), BEGUN), IN_THREAD)
    story.when(DiscardDraft(channel=GENERAL), by=BO).then(DraftDiscarded())
    assert not story.state(Draft.at(PlaceId(GENERAL), BO)).kept
    assert story.state(Draft.at(PlaceId(HELLO), BO)).kept


def test_what_is_saved_is_its_authors() -> None:
    story = kept(given(TALK), BEGUN)
    assert story.history[-1].event == DraftSaved(channel=GENERAL, author=BO, text="Dear a")
    story.when(DiscardDraft(channel=GENERAL), by=ANN).refused(NotFound(kind="Draft"))
    assert story.state(Draft.at(PlaceId(GENERAL), BO)).kept


def test_only_where_one_takes_part() -> None:
    story = given(TALK, said("hi", by=ANN, channel=SECRET)).when(BEGUN, by=CHEN)
    story.refused(NotPermitted(authority="member of the channel or member of the channel's department"))
    story.when(IN_THREAD, by=BO).refused(NoSuchMessage(message=HELLO))


def test_a_reply_has_no_thread() -> None:
    answer = MessagePosted(channel=GENERAL, author=BO, text="yes", thread=HELLO)
    story = given(TALK, said("hi", by=ANN), Message.at(REPLY).records(answer))
    story.when(SaveDraft(channel=GENERAL, thread=REPLY, text="x"), by=BO).refused(IsAReply(message=REPLY, thread=HELLO))
