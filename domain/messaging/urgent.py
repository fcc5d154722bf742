"""Urgent messages: acknowledged one by one, and until then repeated, so many times at most."""

from datetime import datetime, timedelta
from typing import Annotated, assert_never

from msgspec.structs import replace

from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person, UnknownPeople, unknown
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.refusals import Refusal
from domain.kernel.rules import PLATFORM
from domain.kernel.states import NOTHING, Events, Maybe, State
from domain.messaging.channel import Channel, ChannelIsArchived
from domain.messaging.commands.urgent import AcknowledgeMessage, LiftUrgency, MarkUrgent, RaiseAlert, RepeatAlert
from domain.messaging.events.urgent import (
    AlertAcknowledged,
    AlertEnd,
    AlertEnded,
    AlertEvent,
    AlertRaised,
    AlertRepeated,
    MessageMarkedUrgent,
    UrgencyEvent,
    UrgencyLifted,
)
from domain.messaging.ids import ChannelId, MessageId
from domain.messaging.membership import Membership, member_of, seen
from domain.messaging.message import WHERE, AlreadyRetracted, Message, settled, the_author
from domain.messaging.newcomers import shown


class Urgency(State[UrgencyEvent], kind="messaging.urgency", key=(MessageId,)):
    """Whether a message is urgent, and for whom."""

    marked: MessageMarkedUrgent | None = None
    channel: ChannelId | None = None
    lifted: bool = False

    def evolve(self, event: UrgencyEvent) -> "Urgency":
        match event:
            case MessageMarkedUrgent(channel=channel):
                return replace(self, marked=event, channel=channel)
            case UrgencyLifted():
                return replace(self, lifted=True)
            case _:
                assert_never(event)

    def asks(self, person: PersonId) -> bool:
        """Whether somebody may acknowledge it."""
        marked = self.marked
        return marked is not None and marked.by != person and (not marked.people or person in marked.people)


class Alert(State[AlertEvent], kind="messaging.alert", key=(MessageId, PersonId)):
    """How often one person was alerted of one message, and when they are next."""

    times: int = 0
    next: datetime | None = None
    acknowledged: bool = False

    def evolve(self, event: AlertEvent) -> "Alert":
        match event:
            case AlertRaised(next=following):
                return replace(self, times=1, next=following)
            case AlertRepeated(number=number, next=following):
                return replace(self, times=number, next=following)
            case AlertAcknowledged():
                return replace(self, acknowledged=True, next=None)
            case AlertEnded():
                return replace(self, next=None)
            case _:
                assert_never(event)


class AlreadyUrgent(Refusal, frozen=True):
    """This message was marked urgent already."""

    message: Annotated[MessageId, "The message."]


class NotUrgent(Refusal, frozen=True):
    """Nobody asked you to acknowledge this message."""

    message: Annotated[MessageId, "The message."]


URGENCY = by("message")
ALERT = by("message", "person")


@decides(allowed=member_of("message.channel") & the_author)
def mark(
    command: MarkUrgent,
    actor: PersonId,
    message: Message,
    channel: Channel = WHERE,
    urgency: Maybe[Urgency] = URGENCY,
    people: tuple[Maybe[Person], ...] = by("people"),
) -> Events | AlreadyRetracted | ChannelIsArchived | UnknownPeople | AlreadyUrgent:
    marked = MessageMarkedUrgent(
        channel=ChannelId(channel.thing),
        by=actor,
        people=command.people,
        every_minutes=command.every_minutes,
        at_most=command.at_most,
        position=message.began,
    )
    if urgency.exists:
        return NOTHING if urgency.marked == marked and not urgency.lifted else AlreadyUrgent(message=command.message)
    return settled(message, channel) or unknown(people) or urgency.records(marked)


@decides(allowed=seen("message.channel") & the_author)
def lift(command: LiftUrgency, actor: PersonId, message: Message, urgency: Maybe[Urgency] = URGENCY) -> Events:
    return NOTHING if urgency.lifted or not urgency.exists else urgency.records(UrgencyLifted(by=actor))


@decides(allowed=member_of("message.channel") & shown)
def acknowledge(
    command: AcknowledgeMessage,
    actor: PersonId,
    message: Message,
    urgency: Maybe[Urgency] = URGENCY,
    alert: Maybe[Alert] = by("message", "actor"),
) -> Events | NotUrgent:
    if alert.acknowledged:
        return NOTHING
    marked = urgency.marked
    if marked is None or not urgency.asks(actor):
        return NotUrgent(message=command.message)
    return alert.records(AlertAcknowledged(message=command.message, person=actor, by=marked.by))


@decides(allowed=PLATFORM)
def alert_first(command: RaiseAlert, now: datetime, urgency: Urgency = URGENCY, alert: Maybe[Alert] = ALERT) -> Events:
    marked = urgency.marked
    if marked is None or urgency.lifted or alert.exists:
        return NOTHING
    raised = AlertRaised(message=command.message, person=command.person, by=marked.by, next=_next(marked, now, 1))
    return alert.records(raised)


@decides(allowed=PLATFORM)
def alert_again(
    command: RepeatAlert,
    now: datetime,
    message: Message,
    person: Person,
    urgency: Urgency = URGENCY,
    alert: Alert = ALERT,
    channel: Channel = by("urgency.channel"),
    membership: Maybe[Membership] = by("urgency.channel", "person"),
    belonging: Maybe[DepartmentMembership] | None = by("channel.department", "person"),
) -> Events:
    marked = urgency.marked
    if marked is None or alert.next != command.due:
        return NOTHING
    there = (membership.active or (belonging is not None and belonging.active)) and person.status == "active"
    reason: AlertEnd | None = (
        "retracted" if message.retracted else "lifted" if urgency.lifted else None if there and not channel.archived else "left"
    )
    if reason is not None:
        return alert.records(AlertEnded(reason=reason))
    number = alert.times + 1
    following = _next(marked, now, number)
    return alert.records(AlertRepeated(message=command.message, person=command.person, number=number, next=following))


def _next(marked: MessageMarkedUrgent, now: datetime, times: int) -> datetime | None:
    """When somebody is alerted again who was alerted so many times, this one included. What was missed is not made up for."""
    return now + timedelta(minutes=marked.every_minutes) if times < marked.at_most else None
