"""Replies that are awaited, as those who asked for them and those of whom they are awaited see them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.kernel.events import Recorded
from domain.kernel.identifiers import PersonId
from domain.messaging.events.expected_reply import (
    AwaitingEnd,
    ReminderRulesChanged,
    ReplyAwaited,
    ReplyAwaitingEnded,
    ReplyReleased,
    ReplyReminded,
    ReplyReminderPlanned,
)
from domain.messaging.events.reading import ChannelRead
from domain.messaging.ids import ChannelId
from domain.messaging.reading import ReadMark as ReadMarkState
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import Formula, Maybe, To, column, formula, found, listed, many, one, replace
from projections.engine.model import Model
from projections.engine.values import Long
from projections.messaging.message import Message
from projections.messaging.read_mark import SHOWN, ReadMark

ENDS = {
    "answered": "They answered.",
    "released": "Whoever asked let them go.",
    "retracted": "The message was taken back.",
    "left": "They no longer take part, or the channel was archived.",
}
REPLIED = "select from {message} r where r.thread_id = {this}.message_id and r.author_id = {this}.person_id and not r.retracted"
SIGNED = (
    "select from {reaction} x where x.message_id = {this}.message_id and x.person_id = {this}.person_id and x.emoji = {this}.sign"
)
ANSWERED = f"(exists ({REPLIED}) or exists ({SIGNED}))"
HAS_READ = "exists (select from {read_mark} k where k.id = {this}.read_mark_id and k.upto >= {this}.position)"
TOLD = f"({SHOWN} or {{this}}.person_id = {{viewer}})"
"""Whether the viewer may know who has read."""
OPEN = f"{{this}}.ended is null and not {ANSWERED}"


class AwaitedReply(
    Model,
    version=2,
    visible=(
        "({this}.asked_by_id = {viewer} or {this}.person_id = {viewer})"
        " and exists (select from {seen_message} m where m.id = {this}.message_id)"
    ),
    indexes=("due_at, id",),
    queries=(
        listed(
            "replies_owed",
            "Replies that are awaited of you.",
            order="reply_by",
            where=f"{{this}}.person_id = {{viewer}} and {OPEN}",
        ),
        listed(
            "replies_expected", "Replies that you await.", order="reply_by", where=f"{{this}}.asked_by_id = {{viewer}} and {OPEN}"
        ),
    ),
):
    """One person's reply to one message that somebody asked for."""

    asked_at: datetime = column("When it was asked for.", order=True)
    reply_by: datetime = column("By when it is expected.", order=True, filter=("lt", "gte"))
    position: Long = column("The message's place in the log.")
    sign: str | None = column("A reaction that counts as a reply.", default=None)
    due_at: datetime | None = column("When something is done about it: a reminder.", default=None)
    planned: bool = column("Whether it is settled when they are reminded first, since they have read.", default=False)
    reminders: int = column("How often they were reminded.", default=0)
    reminded_at: datetime | None = column("When they were last reminded.", default=None)
    ended: AwaitingEnd | None = column("Why they are reminded no longer, if so.", default=None, choices=ENDS)
    message: To[Message] = one(
        "The message.",
        inverse=(
            many("awaited_replies", "The replies that its author asked for.", order="asked_at"),
            many(
                "read_but_not_replied",
                "Of those whose reply its author asked for, who has read it and not answered, as far as you may see that.",
                order="asked_at",
                where=f"{OPEN} and {HAS_READ} and {TOLD}",
            ),
        ),
    )
    person: To[Person] = one("Of whom.")
    asked_by: To[Person] = one("Who asked for it.")
    read_mark: Maybe[ReadMark] = one("How far they have read in the channel, if you may see that.", index=True)
    answered: Formula[bool] = formula(
        f"select {ANSWERED}", "Whether they have replied in the thread, or set the sign that counts as a reply."
    )
    read: Formula[bool | None] = formula(
        f"select case when {TOLD} then {HAS_READ} end",
        "Whether they have read it; nothing where you may not see that.",
    )


def read_mark(channel: ChannelId, person: PersonId) -> UUID:
    """The row that says how far somebody has read in a channel, whether or not it is there yet."""
    return ReadMarkState.at(channel, person).thing


@feeds()
def awaited(said: Recorded[ReplyAwaited]) -> AwaitedReply:
    fact = said.event
    return AwaitedReply(
        id=said.thing,
        asked_at=said.effective_at,
        reply_by=fact.due,
        position=Long(fact.position),
        sign=fact.sign,
        due_at=said.effective_at if fact.read and said.context.imported is None else None,
        message=fact.message,
        person=fact.person,
        asked_by=fact.by,
        read_mark=read_mark(fact.channel, fact.person),
    )


@feeds(where={"read_mark": "thing"})
def read(row: AwaitedReply, said: Recorded[ChannelRead]) -> AwaitedReply:
    waits = row.ended is None and not row.planned and row.due_at is None and said.context.imported is None
    return replace(row, due_at=said.effective_at) if waits and said.event.upto >= row.position else row


@feeds()
def planned(row: AwaitedReply, said: Recorded[ReplyReminderPlanned]) -> AwaitedReply:
    return replace(row, planned=True, due_at=said.event.at)


@feeds()
def reminded(row: AwaitedReply, said: Recorded[ReplyReminded]) -> AwaitedReply:
    return replace(row, reminders=said.event.number, reminded_at=said.effective_at, due_at=said.event.next)


@feeds()
def over(row: AwaitedReply, said: Recorded[ReplyAwaitingEnded]) -> AwaitedReply:
    return replace(row, ended=said.event.reason, due_at=None) if row.ended is None else row


@feeds(where={"message": "thing"})
def released(row: AwaitedReply, said: Recorded[ReplyReleased]) -> AwaitedReply:
    meant = not said.event.people or row.person in said.event.people
    return replace(row, ended="released", due_at=None) if meant and row.ended is None else row


class ReminderRules(
    Model,
    visible="true",
    queries=(found("reminder_rules", "How people are reminded; nothing until it was settled.", where="true"),),
):
    """What was settled for the whole organisation about reminding those who have read and not answered."""

    after_minutes: int = column("How long after they read they are reminded first.")
    every_minutes: int = column("How long after that they are reminded again.")
    until_hours: int = column("For how long after the reply was due they are reminded.")
    quiet_from: str | None = column("From when nobody is reminded.")
    quiet_until: str | None = column("Until when nobody is reminded.")
    working_days: str = column("On which days somebody is, separated by spaces.")
    time_zone: str = column("By which clocks.")
    changed_at: datetime = column("When that was settled.")
    changed_by: Maybe[Person] = one("Who settled it.")


@feeds()
def settled(row: ReminderRules | None, said: Recorded[ReminderRulesChanged]) -> ReminderRules:
    fact = said.event
    return ReminderRules(
        id=said.thing,
        after_minutes=fact.after_minutes,
        every_minutes=fact.every_minutes,
        until_hours=fact.until_hours,
        quiet_from=fact.quiet[0] if fact.quiet else None,
        quiet_until=fact.quiet[1] if fact.quiet else None,
        working_days=" ".join(fact.working_days),
        time_zone=fact.time_zone,
        changed_at=said.effective_at,
        changed_by=fact.by,
    )
