"""Reactions: signs with which people answer messages."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.kernel.events import Recorded
from domain.kernel.identifiers import derived
from domain.messaging.events.reaction import ReactionAdded, ReactionRemoved
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, many, one
from projections.engine.model import Model
from projections.messaging.message import Message


class Reaction(Model, visible="message"):
    """Somebody's sign under a message."""

    emoji: str = column("The sign: an emoji, or the name of one.", order=True, filter=("eq", "any"))
    added_at: datetime = column("When it was added.", order=True)
    message: To[Message] = one("The message.", inverse=many("reactions", "How people answered it with signs.", order="added_at"))
    person: To[Person] = one("Whose it is.")


def sign(said: Recorded[ReactionAdded | ReactionRemoved]) -> UUID:
    """The row's id: one person may answer one message, which is one stream, with several signs."""
    return derived("messaging.sign", said.thing, said.event.emoji)


@feeds(by=sign)
def added(said: Recorded[ReactionAdded]) -> Reaction:
    fact = said.event
    return Reaction(id=sign(said), emoji=fact.emoji, added_at=said.effective_at, message=fact.message, person=fact.person)


@feeds(by=sign)
def removed(row: Reaction, said: Recorded[ReactionRemoved]) -> None:
    return None
