"""Who is to acknowledge urgent messages, and who has."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.events import Recorded
from domain.messaging.events.urgent import (
    AlertAcknowledged,
    AlertEnd,
    AlertEnded,
    AlertRaised,
    AlertRepeated,
    UrgencyLifted,
)
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, listed, many, one, replace
from projections.engine.model import Model
from projections.messaging.message import Message

ENDS = {
    "lifted": "The message isn't urgent any more.",
    "retracted": "The message was taken back.",
    "left": "They no longer take part, or the channel was archived.",
}
OPEN = "{this}.acknowledged_at is null and {this}.ended is null"


class Alert(
    Model,
    visible=(
        "({this}.raised_by_id = {viewer} or {this}.person_id = {viewer})"
        " and exists (select from {seen_message} m where m.id = {this}.message_id)"
    ),
    indexes=("due_at, id",),
    queries=(
        listed(
            "alerts",
            "Urgent messages that you have not acknowledged yet.",
            order="raised_at",
            where=f"{{this}}.person_id = {{viewer}} and {OPEN}",
        ),
    ),
):
    """Somebody who is to acknowledge an urgent message. Seen by them and by its author."""

    raised_at: datetime = column("When they were first alerted.", order=True)
    times: int = column("How often they were alerted.", default=1)
    alerted_at: datetime | None = column("When they were last alerted.", default=None)
    due_at: datetime | None = column("When they are alerted again.", default=None)
    acknowledged_at: datetime | None = column("When they acknowledged it.", default=None)
    ended: AlertEnd | None = column("Why they are alerted no longer, if they have not acknowledged.", default=None, choices=ENDS)
    message: To[Message] = one(
        "The message.",
        inverse=(
            many("alerts", "Who is to acknowledge it, as far as you may see them.", order="raised_at"),
            many("unacknowledged_by", "Those of them who have not, and are still to.", order="raised_at", where=OPEN),
        ),
    )
    person: To[Person] = one("Who.")
    raised_by: To[Person] = one("Who wants it acknowledged.")


@feeds()
def raised(row: Alert | None, said: Recorded[AlertRaised]) -> Alert:
    fact = said.event
    return Alert(
        id=said.thing,
        raised_at=said.effective_at,
        alerted_at=said.effective_at,
        due_at=None if said.context.imported else fact.next,
        message=fact.message,
        person=fact.person,
        raised_by=fact.by,
    )


@feeds()
def repeated(row: Alert, said: Recorded[AlertRepeated]) -> Alert:
    return replace(row, times=said.event.number, alerted_at=said.effective_at, due_at=said.event.next)


@feeds()
def acknowledged(row: Alert | None, said: Recorded[AlertAcknowledged]) -> Alert:
    if row is not None:
        return replace(row, acknowledged_at=said.effective_at, due_at=None)
    fact, now = said.event, said.effective_at  # they were quicker than their alert
    quick = Alert(id=said.thing, raised_at=now, times=0, message=fact.message, person=fact.person, raised_by=fact.by)
    return replace(quick, acknowledged_at=now)


@feeds()
def over(row: Alert, said: Recorded[AlertEnded]) -> Alert:
    return replace(row, ended=said.event.reason, due_at=None)


@feeds(where={"message": "thing"})
def lifted(row: Alert, said: Recorded[UrgencyLifted]) -> Alert:
    return row if row.acknowledged_at or row.ended else replace(row, ended="lifted", due_at=None)
