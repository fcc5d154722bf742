"""Guests of a channel: whoever keeps it invites them."""

from datetime import datetime

from domain.access.grant import AlreadyOver
from domain.access.ids import ResourceId
from domain.access.invitation import Invitation, issued
from domain.directory.person import employee
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.refusals import IdTaken
from domain.kernel.states import Events, New
from domain.messaging.channel import Channel, ChannelIsArchived, DirectChannelIsFixed
from domain.messaging.commands.guests import InviteGuest
from domain.messaging.keeping import fixed
from domain.messaging.membership import keeper_of


@decides(allowed=employee & keeper_of("channel"))
def invite(
    command: InviteGuest, actor: PersonId, now: datetime, channel: Channel, invitation: New[Invitation]
) -> Events | IdTaken | AlreadyOver | ChannelIsArchived | DirectChannelIsFixed:
    if not invitation.exists and (not_now := fixed(channel)):
        return not_now
    return issued(invitation, command, actor, now, ResourceId(command.channel), Channel.kind)
