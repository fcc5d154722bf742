"""Signs at messages."""

import pytest
from pydantic import ValidationError

from domain.messaging.commands.reaction import AddReaction, RemoveReaction
from domain.messaging.events.reaction import ReactionAdded, ReactionRemoved
from domain.messaging.message import AlreadyRetracted
from domain.messaging.reaction import SIGNS, Reaction, TooManyReactions
from tests.directory.words import ANN, BO
from tests.messaging.words import HELLO, TALK, said, taken_back
from tests.story import given


def test_members_react_each_for_themselves() -> None:
    story = given(TALK, said("hi", by=ANN)).when(AddReaction(message=HELLO, emoji="👍"), by=BO)
    story.then(ReactionAdded(message=HELLO, person=BO, emoji="👍"))
    story.when(AddReaction(message=HELLO, emoji="👍"), by=ANN).then(ReactionAdded(message=HELLO, person=ANN, emoji="👍"))
    story.when(RemoveReaction(message=HELLO, emoji="👍"), by=BO).then(ReactionRemoved(message=HELLO, person=BO, emoji="👍"))
    assert story.state(Reaction.at(HELLO, ANN)).emoji == {"👍"}


def test_only_so_many() -> None:
    story = given(TALK, said("hi", by=ANN))
    for n in range(SIGNS):
        story.when(AddReaction(message=HELLO, emoji=f"sign_{n}"), by=BO)
    story.when(AddReaction(message=HELLO, emoji="one_more"), by=BO).refused(TooManyReactions(limit=SIGNS))
    story.when(AddReaction(message=HELLO, emoji="sign_0"), by=BO).then_nothing()


def test_what_was_taken_back_gets_none_and_loses_them() -> None:
    story = given(TALK, said("hi", by=ANN)).when(AddReaction(message=HELLO, emoji="👍"), by=BO).given(taken_back())
    story.when(AddReaction(message=HELLO, emoji="👎"), by=BO).refused(AlreadyRetracted(message=HELLO))
    story.when(RemoveReaction(message=HELLO, emoji="👍"), by=BO).then(ReactionRemoved(message=HELLO, person=BO, emoji="👍"))


@pytest.mark.parametrize("emoji", ["", " ", "two words", "x" * 65])
def test_a_sign_is_one_word(emoji: str) -> None:
    with pytest.raises(ValidationError):
        AddReaction(message=HELLO, emoji=emoji)
