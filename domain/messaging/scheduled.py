"""Messages that are said later, in the name of whoever wrote them and by the rules of that moment."""

from datetime import datetime
from typing import Annotated, Literal, assert_never

from msgspec.structs import asdict, replace

from domain.directory.department import Department
from domain.directory.ids import DepartmentId
from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.personal import Erased
from domain.kernel.refusals import IdTaken, Refusal
from domain.kernel.rules import PLATFORM, Check
from domain.kernel.states import NOTHING, Events, Maybe, New, State
from domain.messaging.awaited_reply import AwaitedReply
from domain.messaging.calling import Calling
from domain.messaging.channel import Channel
from domain.messaging.commands.message import AttachedFile, LinkedPage, PostMessage, Saying
from domain.messaging.commands.scheduled import (
    CancelScheduledMessage,
    HoldBackScheduledMessage,
    RescheduleMessage,
    ScheduleMessage,
    SendScheduledMessage,
)
from domain.messaging.events.message import MessagePosted
from domain.messaging.events.scheduled import (
    MessageRescheduled,
    MessageScheduled,
    ScheduledMessageCancelled,
    ScheduledMessageEvent,
    ScheduledMessageHeldBack,
    ScheduledMessageSent,
)
from domain.messaging.ids import ChannelId, MessageId, ScheduledMessageId, UserGroupId
from domain.messaging.membership import OF_CHANNEL, Membership
from domain.messaging.message import Message, NothingSaid
from domain.messaging.newcomers import plan_shown, quote_shown, thread_shown
from domain.messaging.posting import Unsaid, may_post, post, posted_by
from domain.messaging.user_group import UserGroup

Status = Literal["waiting", "held back", "cancelled", "sent"]


class ScheduledMessage(State[ScheduledMessageEvent], kind="messaging.scheduled_message", key=(ScheduledMessageId,)):
    """A message to come. Held back: its author could not say it, and may give it another time."""

    planned: MessageScheduled | None = None
    status: Status = "waiting"
    due: datetime | None = None
    author: PersonId | None = None
    channel: ChannelId | None = None
    thread: MessageId | None = None
    quotes: MessageId | None = None
    mentions: tuple[PersonId, ...] = ()
    departments: tuple[DepartmentId, ...] = ()
    groups: tuple[UserGroupId, ...] = ()
    called_channel: ChannelId | None = None

    def evolve(self, event: ScheduledMessageEvent) -> "ScheduledMessage":
        match event:
            case MessageScheduled():
                return self._planned(event)
            case MessageRescheduled(at=at):
                return replace(self, status="waiting", due=at)
            case ScheduledMessageCancelled():
                return replace(self, status="cancelled", due=None)
            case ScheduledMessageSent():
                return replace(self, status="sent", due=None)
            case ScheduledMessageHeldBack():
                return replace(self, status="held back", due=None)
            case _:
                assert_never(event)

    def _planned(self, said: MessageScheduled) -> "ScheduledMessage":
        return replace(
            self,
            planned=said,
            due=said.at,
            author=said.author,
            channel=said.channel,
            thread=said.thread,
            quotes=said.quotes,
            mentions=said.mentions,
            departments=said.departments,
            groups=said.groups,
            called_channel=said.channel if said.calls else None,
        )

    @property
    def pending(self) -> bool:
        """Whether it may still be said one day."""
        return self.status in ("waiting", "held back")

    @property
    def words(self) -> PostMessage | None:
        """What is to be said; None where it was erased."""
        said = self.planned
        if said is None or isinstance(said.text, Erased) or isinstance(said.attachments, Erased):
            return None
        files = tuple(AttachedFile(**{n: getattr(file, n) for n in AttachedFile.model_fields}) for file in said.attachments)
        pages = () if isinstance(said.links, Erased) else said.links
        # What was checked once is taken as it is: rules may have become stricter about its form since.
        return PostMessage.model_construct(
            channel=said.channel,
            message=MessageId(self.thing),
            text=said.text,
            thread=said.thread,
            also_in_channel=said.also_in_channel,
            quotes=said.quotes,
            mentions=said.mentions,
            departments=said.departments,
            groups=said.groups,
            calls=said.calls,
            attachments=files,
            links=tuple(LinkedPage(**asdict(page)) for page in pages),
        )


class TimeIsPast(Refusal, frozen=True):
    """It can only be scheduled for a time to come."""

    at: Annotated[datetime, "The time that was given."]


class NoLongerScheduled(Refusal, frozen=True):
    """It was sent or cancelled already."""

    scheduled_message: Annotated[ScheduledMessageId, "Which one."]


def _planned_it(scheduled_message: ScheduledMessage, actor: PersonId) -> bool:
    return scheduled_message.author == actor


who_planned_it = Check("author of the scheduled message", _planned_it, hides=True)


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
    if_now = post(
        said, actor, now, message, channel, root, quoted, mentioned, departments, groups, membership, belonging, calling, None
    )
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
) -> Events | Unsaid | NoLongerScheduled:
    if scheduled_message.status == "sent" or command.due not in (None, scheduled_message.due):
        return NOTHING
    if not scheduled_message.pending:
        return NoLongerScheduled(scheduled_message=command.scheduled_message)
    words = scheduled_message.words
    if words is None:
        return NothingSaid()
    said = post(
        words, actor, now, message, channel, root, quoted, mentioned, departments, groups, membership, belonging, calling, owed
    )
    return said if isinstance(said, Refusal) else said + scheduled_message.records(ScheduledMessageSent())


@decides(allowed=PLATFORM)
def hold_back(command: HoldBackScheduledMessage, scheduled_message: ScheduledMessage) -> Events:
    if scheduled_message.status != "waiting" or scheduled_message.due != command.due:
        return NOTHING
    return scheduled_message.records(ScheduledMessageHeldBack(refusal=command.refusal, lacking=command.lacking))
