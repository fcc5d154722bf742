"""Whoever has read and not answered is reminded."""

from dataclasses import dataclass
from datetime import datetime

from application.ports.agenda import Due
from application.ports.clock import Clock
from application.ports.facts import Facts
from application.timers.declaration import Issue, Steps, timer
from application.timers.reminder_times import first_reminder, next_reminder
from domain.kernel.identifiers import PersonId
from domain.messaging.commands.expected_reply import EndAwaiting, PlanReminder, RemindOfReply
from domain.messaging.expected_reply import ReminderRules
from domain.messaging.ids import MessageId


@dataclass(frozen=True, kw_only=True)
class Reminding(Due, model="AwaitedReply", column="due_at"):
    """A reply that is awaited: somebody has read just now (`planned` is false), or their reminder has come.

    `answered`: they have replied, or set the sign that counts.
    """

    message: MessageId
    person: PersonId
    reply_by: datetime
    planned: bool
    answered: bool


@timer
async def remind_of_reply(due: Reminding, facts: Facts, clock: Clock) -> Steps[PlanReminder | RemindOfReply | EndAwaiting]:
    """By the rules of the moment: when first, and at each reminder, when again."""
    message, person = due.message, due.person
    if due.answered:
        yield Issue(EndAwaiting(message=message, person=person, reason="answered"))
        return
    rules, now = await facts.of(ReminderRules.at()), clock()
    if due.planned:
        again = next_reminder(due.reply_by, now, rules)
        yield Issue(RemindOfReply(message=message, person=person, due=due.at, next=again))
    else:
        yield Issue(PlanReminder(message=message, person=person, at=first_reminder(due.at, due.reply_by, now, rules)))
