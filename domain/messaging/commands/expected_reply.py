"""What people may wish of replies that they expect, and what the platform itself does about them."""

from typing import Annotated

from pydantic import AfterValidator, Field

from domain.kernel.commands import Command, Line, Moment
from domain.kernel.identifiers import PersonId
from domain.messaging.commands.limits import EMOJI, MENTIONS, People
from domain.messaging.events.expected_reply import AwaitingEnd, Weekday
from domain.messaging.ids import MessageId

TIME_OF_DAY = r"^([01]\d|2[0-3]):[0-5]\d$"
YEAR = 366 * 24 * 60
"""In minutes."""


def _some_days(days: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
    if not days:
        raise ValueError("there must be a working day")
    return tuple(dict.fromkeys(days))


Days = Annotated[tuple[Weekday, ...], AfterValidator(_some_days)]


class ExpectReply(Command):
    """Expect replies to what you have said by a time. Whoever has read it and doesn't answer is reminded."""

    message: MessageId = Field(description="What you have said.")
    due: Moment = Field(description="By when you expect them.")
    people: People = Field(
        default=(), description="Of whom; left out, of everybody who took part when it was said.", max_length=MENTIONS
    )
    sign: Line | None = Field(
        default=None, description="An emoji, or the name of one, that counts as a reply.", max_length=EMOJI, pattern=r"^\S+$"
    )


class ReleaseReply(Command):
    """Expect no replies any more to what you have said."""

    message: MessageId = Field(description="What you have said.")
    people: People = Field(default=(), description="Of whom not; left out, of nobody.", max_length=MENTIONS)


class ChangeReminderRules(Command):
    """Settle for everybody how people are reminded who have read and not answered. What is planned already stays as it is."""

    after_minutes: int = Field(description="How long after they read they are reminded first.", ge=1, le=YEAR)
    every_minutes: int = Field(description="How long after that they are reminded again.", ge=5, le=YEAR)
    until_hours: int = Field(description="For how long after the reply was due they are reminded.", ge=0, le=YEAR // 60)
    quiet_from: Line | None = Field(
        default=None, description="From when nobody is, as in 20:00.", max_length=5, pattern=TIME_OF_DAY
    )
    quiet_until: Line | None = Field(
        default=None, description="Until when nobody is, as in 08:00.", max_length=5, pattern=TIME_OF_DAY
    )
    working_days: Days = Field(description="On which days somebody is.", max_length=7)
    time_zone: Line = Field(description="By which clocks, as in Asia/Shanghai.", max_length=60, pattern=r"^[A-Za-z0-9+_/-]+$")


class AwaitReply(Command):
    """Await a reply of somebody."""

    message: MessageId = Field(description="To which message.")
    person: PersonId = Field(description="Of whom.")


class PlanReminder(Command):
    """Note when somebody who has read is reminded first."""

    message: MessageId = Field(description="Of which message.")
    person: PersonId = Field(description="Who.")
    at: Moment | None = Field(default=None, description="When; left out, not at all.")


class RemindOfReply(Command):
    """Remind somebody that a reply is awaited."""

    message: MessageId = Field(description="To which message.")
    person: PersonId = Field(description="Who.")
    due: Moment = Field(description="The time that had come.")
    next: Moment | None = Field(default=None, description="When to remind them again; left out, not again.")


class EndAwaiting(Command):
    """Remind somebody no longer that a reply is awaited."""

    message: MessageId = Field(description="To which message.")
    person: PersonId = Field(description="Who.")
    reason: AwaitingEnd = Field(description="Why not.")
