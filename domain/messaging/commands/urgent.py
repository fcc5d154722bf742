"""What people may wish of urgent messages, and what the platform itself does about them."""

from pydantic import Field

from domain.kernel.commands import Command, Moment
from domain.kernel.identifiers import PersonId
from domain.messaging.commands.limits import MENTIONS, People
from domain.messaging.ids import MessageId

ALERTS = 12
"""How often one person is alerted of one message at most."""


class MarkUrgent(Command):
    """Have what you have said acknowledged: people are alerted again and again until they do."""

    message: MessageId = Field(description="What you have said.")
    people: People = Field(
        default=(), description="By whom; left out, by everybody who took part when it was said.", max_length=MENTIONS
    )
    every_minutes: int = Field(default=10, description="How often they are alerted.", ge=2, le=24 * 60)
    at_most: int = Field(default=6, description="How many times each of them is alerted at most.", ge=1, le=ALERTS)


class LiftUrgency(Command):
    """Alert nobody any more of what you have said."""

    message: MessageId = Field(description="What you have said.")


class AcknowledgeMessage(Command):
    """Say that you have taken note of an urgent message."""

    message: MessageId = Field(description="Which one.")


class RaiseAlert(Command):
    """Alert somebody of an urgent message."""

    message: MessageId = Field(description="Which message.")
    person: PersonId = Field(description="Whom.")


class RepeatAlert(Command):
    """Alert somebody again of an urgent message."""

    message: MessageId = Field(description="Which message.")
    person: PersonId = Field(description="Whom.")
    due: Moment = Field(description="The time that had come.")
