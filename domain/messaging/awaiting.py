"""Awaiting replies: who is awaited, when they are reminded, and what ends it. The platform itself does it."""

from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person
from domain.kernel.decisions import decides
from domain.kernel.loads import by
from domain.kernel.rules import PLATFORM
from domain.kernel.states import NOTHING, Events, Maybe
from domain.messaging.awaited_reply import AwaitedReply
from domain.messaging.channel import Channel
from domain.messaging.commands.expected_reply import AwaitReply, EndAwaiting, PlanReminder, RemindOfReply
from domain.messaging.events.expected_reply import (
    AwaitingEnd,
    ReplyAwaited,
    ReplyAwaitingEnded,
    ReplyReminded,
    ReplyReminderPlanned,
)
from domain.messaging.expected_reply import ExpectedReply
from domain.messaging.membership import Membership
from domain.messaging.message import Message
from domain.messaging.reading import ReadMark

EXPECTED = by("message")
AWAITED = by("message", "person")


@decides(allowed=PLATFORM)
def await_one(
    command: AwaitReply,
    expected: ExpectedReply = EXPECTED,
    awaited: Maybe[AwaitedReply] = AWAITED,
    read_mark: Maybe[ReadMark] = by("expected.channel", "person"),
) -> Events:
    asked = expected.asked
    if asked is None or awaited.exists or not expected.expects(command.person):
        return NOTHING
    return awaited.records(
        ReplyAwaited(
            message=command.message,
            channel=asked.channel,
            person=command.person,
            by=asked.by,
            due=asked.due,
            sign=asked.sign,
            position=asked.position,
            read=read_mark.upto >= asked.position,
        )
    )


@decides(allowed=PLATFORM)
def plan(command: PlanReminder, awaited: AwaitedReply = AWAITED) -> Events:
    return awaited.records(ReplyReminderPlanned(at=command.at)) if awaited.open and not awaited.planned else NOTHING


@decides(allowed=PLATFORM)
def remind(
    command: RemindOfReply,
    message: Message,
    person: Person,
    expected: ExpectedReply = EXPECTED,
    awaited: AwaitedReply = AWAITED,
    channel: Channel = by("expected.channel"),
    membership: Maybe[Membership] = by("expected.channel", "person"),
    belonging: Maybe[DepartmentMembership] | None = by("channel.department", "person"),
) -> Events:
    if not awaited.open or awaited.next != command.due:
        return NOTHING
    there = membership.active or (belonging is not None and belonging.active)
    reason: AwaitingEnd | None = (
        "retracted"
        if message.retracted
        else "released"
        if not expected.expects(command.person)
        else "left"
        if not there or person.status != "active" or channel.archived
        else None
    )
    if reason is not None:
        return awaited.records(ReplyAwaitingEnded(reason=reason))
    reminded = ReplyReminded(message=command.message, person=command.person, number=awaited.reminders + 1, next=command.next)
    return awaited.records(reminded)


@decides(allowed=PLATFORM)
def end(command: EndAwaiting, awaited: AwaitedReply = AWAITED) -> Events:
    return awaited.records(ReplyAwaitingEnded(reason=command.reason)) if awaited.open else NOTHING
