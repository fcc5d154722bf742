"""Read state: how far somebody has read in a channel, and whether others are shown it."""

from typing import assert_never

from msgspec.structs import replace

from domain.access.administration import administrator
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.states import NOTHING, Events, Maybe, State
from domain.messaging.commands.reading import ChangeReadReceipts, MarkRead, MarkUnread
from domain.messaging.events.reading import ChannelMarkedUnread, ChannelRead, ReadMarkEvent, ReadReceiptsChanged
from domain.messaging.ids import ChannelId
from domain.messaging.membership import member_of
from domain.messaging.message import Message
from domain.messaging.newcomers import shown


class ReadMark(State[ReadMarkEvent], kind="messaging.read_mark", key=(ChannelId, PersonId)):
    """How far one person has read in one channel; and up to where nothing counts as unread for them, which may go back."""

    upto: int = 0
    seen: int = 0

    def evolve(self, event: ReadMarkEvent) -> "ReadMark":
        match event:
            case ChannelRead(upto=upto):
                return replace(self, upto=max(self.upto, upto), seen=upto)
            case ChannelMarkedUnread(upto=upto):
                return replace(self, seen=upto)
            case _:
                assert_never(event)


class ReceiptRules(State[ReadReceiptsChanged], kind="messaging.receipt_rules", key=()):
    """Whether senders see who has read what they said."""

    shown: bool = True

    def evolve(self, event: ReadReceiptsChanged) -> "ReceiptRules":
        return replace(self, shown=event.shown)


@decides(allowed=member_of("message.channel") & shown)
def mark(
    command: MarkRead, actor: PersonId, message: Message, read_mark: Maybe[ReadMark] = by("message.channel", "actor")
) -> Events:
    if message.channel is None or message.began <= read_mark.seen:
        return NOTHING
    read = ChannelRead(channel=message.channel, person=actor, message=command.message, upto=message.began)
    return read_mark.records(read)


@decides(allowed=member_of("message.channel") & shown)
def mark_unread(
    command: MarkUnread, actor: PersonId, message: Message, read_mark: Maybe[ReadMark] = by("message.channel", "actor")
) -> Events:
    if message.channel is None or message.began > read_mark.seen:
        return NOTHING
    before = message.began - 1
    unread = ChannelMarkedUnread(channel=message.channel, person=actor, message=command.message, upto=before)
    return read_mark.records(unread)


@decides(allowed=administrator())
def change_receipts(command: ChangeReadReceipts, actor: PersonId, rules: Maybe[ReceiptRules] = by()) -> Events:
    return NOTHING if rules.shown == command.shown else rules.records(ReadReceiptsChanged(shown=command.shown, by=actor))
