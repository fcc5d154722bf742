"""Drafts, as their authors see them."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.events import Recorded
from domain.kernel.personal import readable
from domain.messaging.events.draft import DraftDiscarded, DraftSaved
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import Maybe, To, column, listed, many, one
from projections.engine.model import Model
from projections.engine.values import Long
from projections.messaging.channel import Channel
from projections.messaging.message import Message

SAID_SINCE = (
    "exists (select from {message} m where m.author_id = {this}.author_id and m.sent_at >= {this}.saved_at"
    " and m.position > {this}.position and m.channel_id = {this}.channel_id"
    " and m.thread_id is not distinct from {this}.thread_id)"
)
"""Who says something where they kept a draft has said it, or thought better of it."""


class Draft(
    Model,
    visible=f"{{this}}.author_id = {{viewer}} and not {SAID_SINCE}",
    live="viewer",
    queries=(listed("drafts", "What you have begun to write, the latest first.", order="-saved_at"),),
):
    """Something that somebody has begun to write. Only they see it; it ends when they say something in the same place."""

    text: str | None = column("What was written so far; nothing where it was erased.", personal=True)
    saved_at: datetime = column("When it was saved.", order=True)
    position: Long = column("Where it was saved, in the log.")
    author: To[Person] = one("Whose it is.")
    channel: To[Channel] = one("Where it is to be said.", inverse=many("drafts", "Your drafts for here.", order="-saved_at"))
    thread: Maybe[Message] = one("The message that it is to reply to.", default=None)


@feeds()
def saved(row: Draft | None, said: Recorded[DraftSaved]) -> Draft:
    fact = said.event
    return Draft(
        id=said.thing,
        text=readable(fact.text),
        saved_at=said.effective_at,
        position=Long(said.position),
        author=fact.author,
        channel=fact.channel,
        thread=fact.thread,
    )


@feeds()
def discarded(row: Draft | None, said: Recorded[DraftDiscarded]) -> None:
    return None
