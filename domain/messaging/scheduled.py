"""Messages that are said later, in the name of whoever wrote them and by the rules of that moment."""

from datetime import datetime
from typing import Annotated, Literal, assert_never

from msgspec.structs import asdict, replace

from domain.directory.ids import DepartmentId
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import Erased
from domain.kernel.refusals import Refusal
from domain.kernel.rules import Check
from domain.kernel.states import State
from domain.messaging.commands.message import AttachedFile, LinkedPage, PostMessage
from domain.messaging.events.scheduled import (
    MessageRescheduled,
    MessageScheduled,
    ScheduledMessageCancelled,
    ScheduledMessageEvent,
    ScheduledMessageHeldBack,
    ScheduledMessageSent,
)
from domain.messaging.ids import ChannelId, MessageId, ScheduledMessageId, UserGroupId

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
