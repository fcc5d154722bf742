"""Saying at its time what was planned, by the rules of that moment; what can't be said is held back."""

from datetime import datetime

from domain.directory.department import Department
from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.refusals import Refusal
from domain.kernel.rules import PLATFORM
from domain.kernel.states import NOTHING, Events, Maybe, New
from domain.messaging.awaited_reply import AwaitedReply
from domain.messaging.calling import Calling
from domain.messaging.channel import Channel
from domain.messaging.commands.scheduled import HoldBackScheduledMessage, SendScheduledMessage
from domain.messaging.events.scheduled import ScheduledMessageHeldBack, ScheduledMessageSent
from domain.messaging.membership import OF_CHANNEL, Membership
from domain.messaging.message import Message, NothingSaid
from domain.messaging.newcomers import plan_shown
from domain.messaging.posting import Unsaid, may_post, post
from domain.messaging.scheduled import NoLongerScheduled, ScheduledMessage, who_planned_it
from domain.messaging.turn import TODAY, YESTERDAY, Turn
from domain.messaging.user_group import UserGroup


@decides(allowed=who_planned_it & may_post("scheduled_message.channel") & plan_shown)
def send(
    command: SendScheduledMessage,
    actor: PersonId,
    now: datetime,
    message: New[Message],
    scheduled_message: ScheduledMessage,
    channel: Channel = by("scheduled_message.channel"),
    root: Maybe[Message] | None = by("scheduled_message.thread"),
    quoted: Maybe[Message] | None = by("scheduled_message.quotes"),
    mentioned: tuple[Maybe[Person], ...] = by("scheduled_message.mentions"),
    departments: tuple[Maybe[Department], ...] = by("scheduled_message.departments"),
    groups: tuple[Maybe[UserGroup], ...] = by("scheduled_message.groups"),
    membership: Maybe[Membership] = by("scheduled_message.channel", "actor"),
    belonging: Maybe[DepartmentMembership] | None = OF_CHANNEL,
    calling: Maybe[Calling] | None = by("scheduled_message.called_channel", "actor"),
    owed: Maybe[AwaitedReply] | None = by("scheduled_message.thread", "actor"),
    turn: Maybe[Turn] | None = TODAY,
    last_turn: Maybe[Turn] | None = YESTERDAY,
) -> Events | Unsaid | NoLongerScheduled:
    if scheduled_message.status == "sent" or command.due not in (None, scheduled_message.due):
        return NOTHING
    if not scheduled_message.pending:
        return NoLongerScheduled(scheduled_message=command.scheduled_message)
    words = scheduled_message.words
    if words is None:
        return NothingSaid()
    at_hand = (message, channel, root, quoted, mentioned, departments, groups, membership, belonging, calling)
    said = post(words, actor, now, *at_hand, owed, turn, last_turn)
    return said if isinstance(said, Refusal) else said + scheduled_message.records(ScheduledMessageSent())


@decides(allowed=PLATFORM)
def hold_back(command: HoldBackScheduledMessage, scheduled_message: ScheduledMessage) -> Events:
    if scheduled_message.status != "waiting" or scheduled_message.due != command.due:
        return NOTHING
    return scheduled_message.records(ScheduledMessageHeldBack(refusal=command.refusal, lacking=command.lacking))
