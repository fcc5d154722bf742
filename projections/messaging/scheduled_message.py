"""Messages to come, as their authors see them."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.events import Recorded
from domain.kernel.personal import readable
from domain.messaging.events.scheduled import (
    MessageRescheduled,
    MessageScheduled,
    ScheduledMessageCancelled,
    ScheduledMessageHeldBack,
    ScheduledMessageSent,
)
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import Maybe, To, column, listed, many, one, replace
from projections.engine.model import Model
from projections.messaging.channel import Channel
from projections.messaging.message import Message


class ScheduledMessage(
    Model,
    visible="{this}.author_id = {viewer}",
    live="viewer",
    indexes=("due_at, id",),
    queries=(listed("scheduled_messages", "What you have written for later, the next one first.", order="at"),),
):
    """Something that is to be said at a time to come. Only its author knows of it; once it is said, it is a message."""

    at: datetime = column("When it is to be said.", order=True, filter=("gte", "lt"))
    due_at: datetime | None = column("When it will be tried to say it; nothing where it was held back.")
    text: str | None = column("What is to be said, a mention of somebody as `<@id>`; nothing where it was erased.", personal=True)
    also_in_channel: bool = column("Whether a reply will be shown in the channel too.", default=False)
    held_back: str | None = column(
        "Why it could not be said when its time came: the name of the reason, as mutations answer it.", default=None
    )
    lacking: str | None = column("What would have allowed it, where that was missing.", default=None)
    author: To[Person] = one("Who wrote it.")
    channel: To[Channel] = one(
        "Where.", inverse=many("scheduled_messages", "What you have written for later to say here.", order="at")
    )
    thread: Maybe[Message] = one("The message that it will reply to.", default=None)
    quotes: Maybe[Message] = one("A message that will be shown with it.", default=None)


@feeds()
def scheduled(said: Recorded[MessageScheduled]) -> ScheduledMessage:
    fact = said.event
    return ScheduledMessage(
        id=said.thing,
        at=fact.at,
        due_at=None if said.context.imported else fact.at,
        text=readable(fact.text),
        also_in_channel=fact.also_in_channel,
        author=fact.author,
        channel=fact.channel,
        thread=fact.thread,
        quotes=fact.quotes,
    )


@feeds()
def rescheduled(row: ScheduledMessage, said: Recorded[MessageRescheduled]) -> ScheduledMessage:
    due = None if said.context.imported else said.event.at
    return replace(row, at=said.event.at, due_at=due, held_back=None, lacking=None)


@feeds()
def held_back(row: ScheduledMessage, said: Recorded[ScheduledMessageHeldBack]) -> ScheduledMessage:
    return replace(row, due_at=None, held_back=said.event.refusal, lacking=said.event.lacking)


@feeds()
def gone(row: ScheduledMessage, said: Recorded[ScheduledMessageSent | ScheduledMessageCancelled]) -> None:
    return None
