"""Channels that would be left without anybody who keeps them."""

from domain.access.administration import administrator
from domain.directory.person import HasLeft, Person
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.states import NOTHING, Events, Maybe
from domain.messaging.channel import Channel, DirectChannelIsFixed
from domain.messaging.commands.membership import HandBackChannel, TakeOverChannel
from domain.messaging.events.membership import ChannelHandedBack, ChannelHandedOver
from domain.messaging.joining import owners_with, owners_without
from domain.messaging.membership import Membership


@decides(allowed=administrator())
def take_over(
    command: TakeOverChannel,
    actor: PersonId,
    channel: Channel,
    person: Person,
    theirs: Maybe[Membership] = by("channel", "person"),
    before: Maybe[Membership] = by("channel", "predecessor"),
) -> Events | DirectChannelIsFixed | HasLeft:
    """Nothing happens where the predecessor doesn't keep it, or whoever would take over keeps it already."""
    if channel.kind_of == "direct":
        return DirectChannelIsFixed(channel=command.channel)
    if before.role != "owner" or theirs.role == "owner":
        return NOTHING
    if person.status == "left":
        return HasLeft(person=command.person)
    taken_over = ChannelHandedOver(channel=command.channel, person=command.person, predecessor=command.predecessor)
    return theirs.records(taken_over) + owners_with(channel, command.person, actor)


@decides(allowed=administrator())
def hand_back(
    command: HandBackChannel, actor: PersonId, channel: Channel, theirs: Maybe[Membership] = by("channel", "person")
) -> Events:
    """Nothing happens where their place there has been decided anew since they took over."""
    if theirs.predecessor != command.predecessor:
        return NOTHING
    who, role = command.person, theirs.before
    handed_back = ChannelHandedBack(channel=command.channel, person=who, predecessor=command.predecessor, role=role)
    owners = NOTHING if role == "owner" else owners_without(channel, who, actor)
    return theirs.records(handed_back) + owners
