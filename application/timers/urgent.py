"""Whoever has not acknowledged an urgent message is alerted again."""

from dataclasses import dataclass

from application.ports.agenda import Due
from application.timers.declaration import Issue, Steps, timer
from domain.kernel.identifiers import PersonId
from domain.messaging.commands.urgent import RepeatAlert
from domain.messaging.ids import MessageId


@dataclass(frozen=True, kw_only=True)
class Alerting(Due, model="Alert", column="due_at"):
    """Somebody who has not acknowledged an urgent message."""

    message: MessageId
    person: PersonId


@timer
async def alert_again(due: Alerting) -> Steps[RepeatAlert]:
    """At every time that was settled when they were last alerted, quiet hours or not."""
    yield Issue(RepeatAlert(message=due.message, person=due.person, due=due.at))
