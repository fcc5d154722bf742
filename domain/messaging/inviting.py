"""Invitations: asking somebody to take part in a channel, and their answer."""

from typing import Annotated

from domain.directory.membership import DepartmentMembership
from domain.directory.person import HasLeft, Person
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.refusals import Refusal
from domain.kernel.rules import Check
from domain.kernel.states import NOTHING, Events, Maybe
from domain.messaging.channel import Channel, ChannelIsArchived, DirectChannelIsFixed
from domain.messaging.commands.membership import AcceptInvitation, DeclineInvitation, InviteToChannel, WithdrawInvitation
from domain.messaging.events.membership import InvitationDeclined, InvitationWithdrawn, MemberInvited, MemberJoined
from domain.messaging.ids import ChannelId
from domain.messaging.joining import THEIR_DEPARTMENT, THEIRS, may_bring_in
from domain.messaging.keeping import fixed
from domain.messaging.membership import Membership, keeper_of, seen


class AlreadyTakesPart(Refusal, frozen=True):
    """They take part in this channel already."""

    channel: Annotated[ChannelId, "The channel."]
    person: Annotated[PersonId, "Who takes part."]


def _is_asked(membership: Maybe[Membership] = by("channel", "actor")) -> bool:
    return membership.invited_by is not None or membership.active


def _asked_them(actor: PersonId, theirs: Maybe[Membership] = THEIRS) -> bool:
    return theirs.invited_by == actor


asked = Check("invited to the channel", _is_asked, hides=True)
who_asked = seen("channel") & Check("who invited them", _asked_them)


@decides(allowed=may_bring_in)
def invite(
    command: InviteToChannel,
    actor: PersonId,
    channel: Channel,
    person: Person,
    theirs: Maybe[Membership] = THEIRS,
    their_belonging: Maybe[DepartmentMembership] | None = THEIR_DEPARTMENT,
) -> Events | ChannelIsArchived | DirectChannelIsFixed | HasLeft | AlreadyTakesPart:
    if theirs.active or (their_belonging and their_belonging.active):
        return AlreadyTakesPart(channel=command.channel, person=command.person)
    if theirs.invited_by is not None:
        return NOTHING
    if person.status == "left":
        return HasLeft(person=command.person)
    return fixed(channel) or theirs.records(MemberInvited(channel=command.channel, person=command.person, by=actor))


@decides(allowed=asked)
def accept(
    command: AcceptInvitation, actor: PersonId, channel: Channel, membership: Maybe[Membership] = by("channel", "actor")
) -> Events | ChannelIsArchived:
    if membership.active:
        return NOTHING
    if channel.archived:
        return ChannelIsArchived(channel=command.channel)
    return membership.records(MemberJoined(channel=command.channel, person=actor))


@decides(allowed=asked)
def decline(
    command: DeclineInvitation, actor: PersonId, channel: Channel, membership: Maybe[Membership] = by("channel", "actor")
) -> Events | AlreadyTakesPart:
    if membership.active:
        return AlreadyTakesPart(channel=command.channel, person=actor)
    return membership.records(InvitationDeclined(channel=command.channel, person=actor))


@decides(allowed=keeper_of("channel") | who_asked)
def withdraw(command: WithdrawInvitation, actor: PersonId, channel: Channel, theirs: Maybe[Membership] = THEIRS) -> Events:
    if theirs.invited_by is None:
        return NOTHING
    return theirs.records(InvitationWithdrawn(channel=command.channel, person=command.person, by=actor))
