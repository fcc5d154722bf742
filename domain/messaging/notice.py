"""The notice: the one message that stands on top of a channel, whatever else is pinned."""

from typing import assert_never

from msgspec.structs import replace

from domain.directory.membership import DepartmentMembership
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.states import NOTHING, Events, Maybe, State
from domain.messaging.channel import Channel, ChannelIsArchived, OwnersOnly
from domain.messaging.commands.notice import ClearNotice, SetNotice
from domain.messaging.events.notice import NoticeCleared, NoticeEvent, NoticeSet
from domain.messaging.ids import ChannelId, MessageId
from domain.messaging.membership import OF_CHANNEL, Membership, keeps, member_of
from domain.messaging.message import MY_MEMBERSHIP, WHERE, AlreadyRetracted, Message, settled
from domain.messaging.newcomers import shown


class Notice(State[NoticeEvent], kind="messaging.notice", key=(ChannelId,)):
    """What stands on top of a channel."""

    message: MessageId | None = None

    def evolve(self, event: NoticeEvent) -> "Notice":
        match event:
            case NoticeSet(message=message):
                return replace(self, message=message)
            case NoticeCleared():
                return replace(self, message=None)
            case _:
                assert_never(event)


@decides(allowed=member_of("message.channel") & shown)
def set_notice(
    command: SetNotice,
    actor: PersonId,
    message: Message,
    channel: Channel = WHERE,
    notice: Maybe[Notice] = WHERE,
    membership: Maybe[Membership] = MY_MEMBERSHIP,
    belonging: Maybe[DepartmentMembership] | None = OF_CHANNEL,
) -> Events | AlreadyRetracted | ChannelIsArchived | OwnersOnly:
    where = ChannelId(channel.thing)
    if notice.message == command.message:
        return NOTHING
    if channel.pinning == "owners" and not keeps(membership, belonging):
        return OwnersOnly(channel=where)
    stands = NoticeSet(channel=where, message=command.message, by=actor)
    return settled(message, channel) or notice.records(stands)


@decides(allowed=member_of("channel"))
def clear_notice(
    command: ClearNotice,
    actor: PersonId,
    channel: Channel,
    notice: Maybe[Notice] = by("channel"),
    membership: Maybe[Membership] = by("channel", "actor"),
    belonging: Maybe[DepartmentMembership] | None = OF_CHANNEL,
) -> Events | ChannelIsArchived | OwnersOnly:
    if notice.message is None:
        return NOTHING
    if channel.archived:
        return ChannelIsArchived(channel=command.channel)
    if channel.pinning == "owners" and not keeps(membership, belonging):
        return OwnersOnly(channel=command.channel)
    return notice.records(NoticeCleared(channel=command.channel, by=actor))
