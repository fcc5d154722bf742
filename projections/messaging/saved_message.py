"""Saved messages: what people keep for themselves."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.events import Recorded
from domain.kernel.personal import readable
from domain.messaging.events.saved import MessageSaved, MessageUnsaved
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, listed, one
from projections.engine.model import Model
from projections.messaging.message import Message


class SavedMessage(
    Model,
    visible="{this}.person_id = {viewer}",
    queries=(listed("savedMessages", "What you keep for yourself.", order="-saved_at"),),
    indexes=("message_id, person_id",),
    live="viewer",
):
    """A message that you keep for yourself. Nobody else sees it."""

    saved_at: datetime = column("Since when.", order=True)
    note: str | None = column("Why, in your words.", personal=True)
    message: To[Message] = one("What is kept; nothing where you may no longer see it.")
    person: To[Person] = one("Who keeps it: you.", index=True)


@feeds()
def saved(row: SavedMessage | None, said: Recorded[MessageSaved]) -> SavedMessage:
    fact = said.event
    return SavedMessage(
        id=said.thing,
        saved_at=row.saved_at if row else said.effective_at,
        note=readable(fact.note),
        message=fact.message,
        person=fact.person,
    )


@feeds()
def unsaved(row: SavedMessage, said: Recorded[MessageUnsaved]) -> None:
    return None
