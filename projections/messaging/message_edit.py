"""When messages were put in other words. The earlier words are read as of then, by those who may read history."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.events import Recorded
from domain.messaging.events.message import MessageEdited, MessageRetracted
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import Maybe, To, column, many, one
from projections.engine.model import Model
from projections.engine.values import Long
from projections.messaging.message import Message


class MessageEdit(Model, visible="message"):
    """A message was put in other words, or taken back. What it said before, `at` the position before shows to whoever may read
    history."""

    edited_at: datetime = column("When.", order=True)
    position: Long = column("The position from which on the new words hold.", order=True, born=True)
    retracted: bool = column("Whether it was taken back.", default=False)
    message: To[Message] = one("The message.", inverse=many("edits", "When its words changed, oldest first.", order="position"))
    edited_by: Maybe[Person] = one("Who did it.", default=None)


@feeds(by="id")
def edited(said: Recorded[MessageEdited]) -> MessageEdit:
    return MessageEdit(
        id=said.id,
        edited_at=said.effective_at,
        position=Long(said.position),
        message=said.thing,
        edited_by=said.event.author,
    )


@feeds(by="id")
def retracted(said: Recorded[MessageRetracted]) -> MessageEdit:
    return MessageEdit(
        id=said.id,
        edited_at=said.effective_at,
        position=Long(said.position),
        retracted=True,
        message=said.thing,
        edited_by=said.event.by,
    )
