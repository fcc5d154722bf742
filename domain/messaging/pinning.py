"""Keeping messages at hand in their channel."""

from domain.directory.membership import DepartmentMembership
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.states import NOTHING, Events, Maybe
from domain.messaging.channel import Channel, ChannelIsArchived, OwnersOnly
from domain.messaging.commands.message import PinMessage, UnpinMessage
from domain.messaging.events.message import MessagePinned, MessageUnpinned
from domain.messaging.ids import ChannelId
from domain.messaging.membership import OF_CHANNEL, Membership, keeps, member_of
from domain.messaging.message import MY_MEMBERSHIP, WHERE, AlreadyRetracted, Message, settled
from domain.messaging.newcomers import shown


@decides(allowed=member_of("message.channel") & shown)
def pin(
    command: PinMessage,
    actor: PersonId,
    message: Message,
    channel: Channel = WHERE,
    membership: Maybe[Membership] = MY_MEMBERSHIP,
    belonging: Maybe[DepartmentMembership] | None = OF_CHANNEL,
) -> Events | AlreadyRetracted | ChannelIsArchived | OwnersOnly:
    if message.pinned:
        return NOTHING
    if channel.pinning == "owners" and not keeps(membership, belonging):
        return OwnersOnly(channel=ChannelId(channel.thing))
    return settled(message, channel) or message.records(MessagePinned(by=actor))


@decides(allowed=member_of("message.channel") & shown)
def unpin(
    command: UnpinMessage,
    actor: PersonId,
    message: Message,
    channel: Channel = WHERE,
    membership: Maybe[Membership] = MY_MEMBERSHIP,
    belonging: Maybe[DepartmentMembership] | None = OF_CHANNEL,
) -> Events | ChannelIsArchived | OwnersOnly:
    if not message.pinned:
        return NOTHING
    if channel.pinning == "owners" and not keeps(membership, belonging):
        return OwnersOnly(channel=ChannelId(channel.thing))
    if channel.archived:
        return ChannelIsArchived(channel=ChannelId(channel.thing))
    return message.records(MessageUnpinned(by=actor))
