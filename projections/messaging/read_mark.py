"""How far people have read, and whether others are shown it."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.events import Recorded
from domain.messaging.events.reading import ChannelRead, ReadReceiptsChanged
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import Maybe, To, column, found, one
from projections.engine.model import Model
from projections.engine.values import Long
from projections.messaging.channel import Channel
from projections.messaging.message import Message


class ReadMark(Model, visible="{this}.person_id = {viewer}", indexes=("channel_id, person_id",)):
    """How far somebody has read in a channel. Only they see it; senders see of each message who has read it."""

    upto: Long = column("The position of the last message that they have read, with all before it.")
    read_at: datetime = column("When they said so.")
    channel: To[Channel] = one("Where.")
    person: To[Person] = one("Who.")
    message: Maybe[Message] = one("That message.")


@feeds()
def read(row: ReadMark | None, said: Recorded[ChannelRead]) -> ReadMark:
    fact = said.event
    return ReadMark(
        id=said.thing,
        upto=Long(fact.upto),
        read_at=said.effective_at,
        channel=fact.channel,
        person=fact.person,
        message=fact.message,
    )


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
