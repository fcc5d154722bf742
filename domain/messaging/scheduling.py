"""Planning what is to be said later: what could be said now may be planned, put off and cancelled by its author."""

from datetime import datetime

from domain.directory.department import Department
from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.refusals import IdTaken, Refusal
from domain.kernel.states import NOTHING, Events, Maybe, New
from domain.messaging.calling import Calling
from domain.messaging.channel import Channel
from domain.messaging.commands.message import PostMessage, Saying
from domain.messaging.commands.scheduled import CancelScheduledMessage, RescheduleMessage, ScheduleMessage
from domain.messaging.events.message import MessagePosted
from domain.messaging.events.scheduled import MessageRescheduled, MessageScheduled, ScheduledMessageCancelled
from domain.messaging.membership import OF_CHANNEL, Membership
from domain.messaging.message import Message
from domain.messaging.newcomers import quote_shown, thread_shown
from domain.messaging.posting import Unsaid, may_post, post, posted_by
from domain.messaging.scheduled import NoLongerScheduled, ScheduledMessage, TimeIsPast, who_planned_it
from domain.messaging.user_group import UserGroup


@decides(allowed=may_post("channel") & thread_shown & quote_shown)
def schedule(
    command: ScheduleMessage,
    actor: PersonId,
    now: datetime,
    message: New[Message],
    channel: Channel,
    scheduled_message: New[ScheduledMessage],
    root: Maybe[Message] | None = by("thread"),
    quoted: Maybe[Message] | None = by("quotes"),
    mentioned: tuple[Maybe[Person], ...] = by("mentions"),
    departments: tuple[Maybe[Department], ...] = by("departments"),
    groups: tuple[Maybe[UserGroup], ...] = by("groups"),
    membership: Maybe[Membership] = by("channel", "actor"),
    belonging: Maybe[DepartmentMembership] | None = OF_CHANNEL,
    calling: Maybe[Calling] | None = by("called_channel", "actor"),
) -> Events | Unsaid | TimeIsPast:
    said = PostMessage.model_construct(message=command.message, **{n: getattr(command, n) for n in Saying.model_fields})
    planned = _planned(command, posted_by(actor, said, channel))
    if scheduled_message.exists or message.exists:
        return NOTHING if scheduled_message.planned == planned else IdTaken(id=command.scheduled_message)
    if command.at <= now:
        return TimeIsPast(at=command.at)
    at_hand = (message, channel, root, quoted, mentioned, departments, groups, membership, belonging, calling)
    if_now = post(said, actor, now, *at_hand, owed=None, turn=None, last_turn=None)
    return if_now if isinstance(if_now, Refusal) else scheduled_message.records(planned)


def _planned(command: ScheduleMessage, said: MessagePosted) -> MessageScheduled:
    return MessageScheduled(
        at=command.at,
        channel=said.channel,
        author=said.author,
        text=said.text,
        thread=said.thread,
        also_in_channel=said.also_in_channel,
        quotes=said.quotes,
        mentions=said.mentions,
        departments=said.departments,
        groups=said.groups,
        calls=said.calls,
        attachments=said.attachments,
        links=said.links,
    )


@decides(allowed=who_planned_it)
def reschedule(
    command: RescheduleMessage, now: datetime, scheduled_message: ScheduledMessage
) -> Events | TimeIsPast | NoLongerScheduled:
    if scheduled_message.due == command.at:
        return NOTHING
    if not scheduled_message.pending:
        return NoLongerScheduled(scheduled_message=command.scheduled_message)
    return TimeIsPast(at=command.at) if command.at <= now else scheduled_message.records(MessageRescheduled(at=command.at))


@decides(allowed=who_planned_it)
def cancel(command: CancelScheduledMessage, scheduled_message: ScheduledMessage) -> Events | NoLongerScheduled:
    if scheduled_message.status == "sent":
        return NoLongerScheduled(scheduled_message=command.scheduled_message)
    return scheduled_message.records(ScheduledMessageCancelled()) if scheduled_message.pending else NOTHING
