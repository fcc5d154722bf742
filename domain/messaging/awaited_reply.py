"""One person's reply to one message that is awaited. The platform itself awaits it; a reply ends it, with the reply itself."""

from datetime import datetime
from typing import assert_never

from msgspec.structs import replace

from domain.kernel.identifiers import PersonId
from domain.kernel.states import NOTHING, Events, State
from domain.messaging.events.expected_reply import (
    AwaitedReplyEvent,
    ReplyAwaited,
    ReplyAwaitingEnded,
    ReplyReminded,
    ReplyReminderPlanned,
)
from domain.messaging.ids import MessageId


class AwaitedReply(State[AwaitedReplyEvent], kind="messaging.awaited_reply", key=(MessageId, PersonId)):
    """Whether somebody's reply is awaited, how often they were reminded, and when they are next."""

    open: bool = False
    planned: bool = False
    reminders: int = 0
    next: datetime | None = None
    sign: str | None = None

    def evolve(self, event: AwaitedReplyEvent) -> "AwaitedReply":
        match event:
            case ReplyAwaited(sign=sign):
                return replace(self, open=True, sign=sign)
            case ReplyReminderPlanned(at=at):
                return replace(self, planned=True, next=at)
            case ReplyReminded(number=number, next=following):
                return replace(self, reminders=number, next=following)
            case ReplyAwaitingEnded():
                return replace(self, open=False, next=None)
            case _:
                assert_never(event)


def answered(owed: AwaitedReply | None, sign: str | None = None) -> Events:
    """That a reply is awaited no more, where one was: said beside the reply, or the sign that counts as one.

    So whoever is to be reminded is decided on the stream that a reply moves, and a reminder never comes after it.
    """
    if owed is None or not owed.open or (sign is not None and sign != owed.sign):
        return NOTHING
    return owed.records(ReplyAwaitingEnded(reason="answered"))
