"""Who is mentioned where."""

from __future__ import annotations

from collections.abc import Iterable

from domain.kernel.events import Recorded
from domain.kernel.identifiers import derived
from domain.messaging.events.message import MessageEdited, MessagePosted
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, many, one
from projections.engine.model import Model
from projections.engine.values import Long
from projections.messaging.message import Message


class Mention(Model, visible="message"):
    """Somebody who was mentioned in a message, as it was said or in later words. It stays when the words change."""

    position: Long = column("Where it happened, in the log.", order=True)
    message: To[Message] = one("The message.", inverse=many("mentions", "Who was mentioned in it.", order="position"))
    person: To[Person] = one("Who.", inverse=many("mentions", "Where they were mentioned.", order="-position"))


@feeds()
def mentioned(said: Recorded[MessagePosted | MessageEdited]) -> Iterable[Mention]:
    for person in said.event.mentions:
        yield Mention(id=derived("mention", said.id, person), position=Long(said.position), message=said.thing, person=person)
