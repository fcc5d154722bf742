"""Replies that are expected: asked for by the author of a message, of some people or of all its recipients."""

from datetime import datetime
from typing import Annotated, assert_never

from msgspec.structs import replace

from domain.access.administration import administrator
from domain.directory.person import Person, UnknownPeople, unknown
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.refusals import Refusal
from domain.kernel.states import NOTHING, Events, Maybe, State
from domain.messaging.channel import Channel, ChannelIsArchived
from domain.messaging.commands.expected_reply import ChangeReminderRules, ExpectReply, ReleaseReply
from domain.messaging.events.expected_reply import (
    ExpectedReplyEvent,
    ReminderRulesChanged,
    ReplyExpected,
    ReplyReleased,
    Weekday,
)
from domain.messaging.ids import ChannelId, MessageId
from domain.messaging.membership import member_of, seen
from domain.messaging.message import WHERE, AlreadyRetracted, Message, settled, the_author
from domain.messaging.scheduled import TimeIsPast

WORKING_DAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday")


class ExpectedReply(State[ExpectedReplyEvent], kind="messaging.expected_reply", key=(MessageId,)):
    """What the author of a message expects. `released` are those let go one by one; `over`: everybody is."""

    asked: ReplyExpected | None = None
    channel: ChannelId | None = None
    released: frozenset[PersonId] = frozenset()
    over: bool = False

    def evolve(self, event: ExpectedReplyEvent) -> "ExpectedReply":
        match event:
            case ReplyExpected(channel=channel):
                return replace(self, asked=event, channel=channel)
            case ReplyReleased(people=()):
                return replace(self, over=True)
            case ReplyReleased(people=people):
                return replace(self, released=self.released | set(people))
            case _:
                assert_never(event)

    def expects(self, person: PersonId) -> bool:
        """Whether a reply of somebody is still expected."""
        return self.asked is not None and not self.over and person not in self.released


class ReminderRules(State[ReminderRulesChanged], kind="messaging.reminder_rules", key=()):
    """How people are reminded; until it is settled, so."""

    after_minutes: int = 120
    every_minutes: int = 24 * 60
    until_hours: int = 72
    quiet: tuple[str, str] | None = ("20:00", "08:00")
    working_days: tuple[Weekday, ...] = WORKING_DAYS
    time_zone: str = "UTC"

    def evolve(self, event: ReminderRulesChanged) -> "ReminderRules":
        return replace(
            self,
            after_minutes=event.after_minutes,
            every_minutes=event.every_minutes,
            until_hours=event.until_hours,
            quiet=event.quiet,
            working_days=event.working_days,
            time_zone=event.time_zone,
        )


class ReplyAlreadyExpected(Refusal, frozen=True):
    """Replies to this message were asked for already."""

    message: Annotated[MessageId, "The message."]


class QuietHoursIncomplete(Refusal, frozen=True):
    """Quiet hours have a beginning and an end, or there are none."""


@decides(allowed=member_of("message.channel") & the_author)
def expect(
    command: ExpectReply,
    actor: PersonId,
    now: datetime,
    message: Message,
    channel: Channel = WHERE,
    expected: Maybe[ExpectedReply] = by("message"),
    people: tuple[Maybe[Person], ...] = by("people"),
) -> Events | AlreadyRetracted | ChannelIsArchived | TimeIsPast | UnknownPeople | ReplyAlreadyExpected:
    asked = ReplyExpected(
        channel=ChannelId(channel.thing),
        by=actor,
        due=command.due,
        people=command.people,
        sign=command.sign,
        position=message.began,
    )
    if expected.exists:
        return NOTHING if expected.asked == asked and not expected.over else ReplyAlreadyExpected(message=command.message)
    if command.due <= now:
        return TimeIsPast(at=command.due)
    return settled(message, channel) or unknown(people) or expected.records(asked)


@decides(allowed=seen("message.channel") & the_author)
def release(command: ReleaseReply, actor: PersonId, message: Message, expected: Maybe[ExpectedReply] = by("message")) -> Events:
    people = tuple(person for person in command.people if expected.expects(person))
    if expected.asked is None or expected.over or (command.people and not people):
        return NOTHING
    return expected.records(ReplyReleased(by=actor, people=people))


@decides(allowed=administrator())
def change_rules(
    command: ChangeReminderRules, actor: PersonId, rules: Maybe[ReminderRules] = by()
) -> Events | QuietHoursIncomplete:
    hours = (command.quiet_from, command.quiet_until)
    changed = ReminderRulesChanged(
        after_minutes=command.after_minutes,
        every_minutes=command.every_minutes,
        until_hours=command.until_hours,
        quiet=None if command.quiet_from is None or command.quiet_until is None else (command.quiet_from, command.quiet_until),
        working_days=command.working_days,
        time_zone=command.time_zone,
        by=actor,
    )
    if hours.count(None) == 1:
        return QuietHoursIncomplete()
    return NOTHING if rules.evolve(changed) == rules else rules.records(changed)
