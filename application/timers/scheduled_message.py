"""Messages that were written for later are sent at their time."""

from dataclasses import dataclass

from application.ports.agenda import Due
from application.timers.declaration import Issue, Steps, timer
from domain.kernel.identifiers import PersonId
from domain.kernel.refusals import NotPermitted
from domain.messaging.commands.scheduled import HoldBackScheduledMessage, SendScheduledMessage
from domain.messaging.ids import ScheduledMessageId


@dataclass(frozen=True, kw_only=True)
class Sending(Due, model="ScheduledMessage", column="due_at"):
    """A message whose time has come."""

    author: PersonId


@timer
async def send_scheduled_message(due: Sending) -> Steps[SendScheduledMessage | HoldBackScheduledMessage]:
    """In the name of its author, if they may say it at this moment; else it is noted why not."""
    which = ScheduledMessageId(due.id)
    refusal = yield Issue(SendScheduledMessage(scheduled_message=which, due=due.at), on_behalf_of=due.author)
    if refusal is not None:
        lacking = refusal.authority if isinstance(refusal, NotPermitted) else None
        name = type(refusal).__name__
        yield Issue(HoldBackScheduledMessage(scheduled_message=which, due=due.at, refusal=name, lacking=lacking))
