"""How far people have read, and whether others are shown it."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.events import Recorded
from domain.messaging.events.reading import ChannelMarkedUnread, ChannelRead, ReadReceiptsChanged
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import Maybe, To, column, found, one, replace
from projections.engine.model import Model
from projections.engine.values import Long
from projections.messaging.channel import Channel
from projections.messaging.message import Message

SHOWN = "not exists (select from {receipt_rules} s where not s.shown)"
"""Whether senders are shown who has read what they said."""


class ReadMark(
    Model,
    visible=(
        "{this}.person_id = {viewer}"
        " or exists (select from {seen_message} m where m.id = {this}.message_id and m.author_id = {viewer})"
        f" and {SHOWN}"
    ),
    indexes=("channel_id, person_id",),
    live="viewer",
):
    """How far somebody has read in a channel. They see it; so does who said the last message read, where receipts are shown."""

    upto: Long = column("The position of the last message that they have read, with all before it.")
    read_at: datetime = column("When they said so.")
    channel: To[Channel] = one("Where.")
    person: To[Person] = one("Who.")
    message: Maybe[Message] = one("That message.")


@feeds()
def read(row: ReadMark | None, said: Recorded[ChannelRead]) -> ReadMark:
    fact = said.event
    if row is not None and fact.upto < row.upto:
        return row  # read again, after it was marked as unread: others have known that it was read
    return ReadMark(
        id=said.thing,
        upto=Long(fact.upto),
        read_at=said.effective_at,
        channel=fact.channel,
        person=fact.person,
        message=fact.message,
    )


class UnreadMark(Model, visible="{this}.person_id = {viewer}", indexes=("channel_id, person_id",), live="viewer"):
    """Up to where nothing counts as unread for somebody, once they marked something as unread again. Theirs alone."""

    upto: Long = column("The position up to which nothing counts as unread.")
    marked_at: datetime = column("When they said so, or read on.")
    channel: To[Channel] = one("Where.")
    person: To[Person] = one("Who.")


@feeds()
def marked_unread(row: UnreadMark | None, said: Recorded[ChannelMarkedUnread]) -> UnreadMark:
    fact = said.event
    return UnreadMark(id=said.thing, upto=Long(fact.upto), marked_at=said.effective_at, channel=fact.channel, person=fact.person)


@feeds()
def read_on(row: UnreadMark | None, said: Recorded[ChannelRead]) -> UnreadMark | None:
    return row and replace(row, upto=Long(said.event.upto), marked_at=said.effective_at)


class ReceiptRules(
    Model,
    visible="true",
    queries=(found("receipt_rules", "Whether senders see who has read; nothing until it was settled.", where="true"),),
):
    """What was settled for the whole organisation about seeing who has read. Until it is, senders see it."""

    shown: bool = column("Whether those who say something see who has read it.")
    changed_at: datetime = column("When that was settled.")
    changed_by: Maybe[Person] = one("Who settled it.")


@feeds()
def settled(row: ReceiptRules | None, said: Recorded[ReadReceiptsChanged]) -> ReceiptRules:
    return ReceiptRules(id=said.thing, shown=said.event.shown, changed_at=said.effective_at, changed_by=said.event.by)
