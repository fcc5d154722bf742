"""Read state: how far somebody has read in a channel, and whether others are shown it."""

from msgspec.structs import replace

from domain.access.administration import administrator
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.states import NOTHING, Events, Maybe, State
from domain.messaging.commands.reading import ChangeReadReceipts, MarkRead
from domain.messaging.events.reading import ChannelRead, ReadReceiptsChanged
from domain.messaging.ids import ChannelId
from domain.messaging.membership import member_of
from domain.messaging.message import Message
from domain.messaging.newcomers import shown


class ReadMark(State[ChannelRead], kind="messaging.read_mark", key=(ChannelId, PersonId)):
    """How far one person has read in one channel."""

    upto: int = 0

    def evolve(self, event: ChannelRead) -> "ReadMark":
        return replace(self, upto=event.upto)


class ReceiptRules(State[ReadReceiptsChanged], kind="messaging.receipt_rules", key=()):
    """Whether senders see who has read what they said."""

    shown: bool = True

    def evolve(self, event: ReadReceiptsChanged) -> "ReceiptRules":
        return replace(self, shown=event.shown)


@decides(allowed=member_of("message.channel") & shown)
def mark(
    command: MarkRead, actor: PersonId, message: Message, read_mark: Maybe[ReadMark] = by("message.channel", "actor")
) -> Events:
    if message.channel is None or message.began <= read_mark.upto:
        return NOTHING
    read = ChannelRead(channel=message.channel, person=actor, message=command.message, upto=message.began)
    return read_mark.records(read)


@decides(allowed=administrator())
def change_receipts(command: ChangeReadReceipts, actor: PersonId, rules: Maybe[ReceiptRules] = by()) -> Events:
    return NOTHING if rules.shown == command.shown else rules.records(ReadReceiptsChanged(shown=command.shown, by=actor))
