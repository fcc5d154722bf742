"""Coming and going: joining a channel, leaving it, being added and removed, and who keeps it."""

from typing import Annotated

from domain.directory.ids import DepartmentId
from domain.directory.membership import DepartmentMembership
from domain.directory.person import HasLeft, Person, employee
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.refusals import Refusal
from domain.kernel.rules import Check
from domain.kernel.states import NOTHING, Events, Maybe
from domain.messaging.channel import Channel, ChannelIsArchived, DirectChannelIsFixed
from domain.messaging.commands.membership import AddMember, ChangeRole, JoinChannel, LeaveChannel, RemoveMember
from domain.messaging.events.channel import ChannelOwnersChanged
from domain.messaging.events.membership import MemberAdded, MemberJoined, MemberLeft, MemberRemoved, MemberRoleChanged
from domain.messaging.ids import ChannelId
from domain.messaging.keeping import fixed
from domain.messaging.membership import OF_CHANNEL, Membership, keeper_of, member_of, seen


class StaysThroughDepartment(Refusal, frozen=True):
    """Whoever belongs to a channel's department is its member; that ends where the department is left."""

    department: Annotated[DepartmentId, "The channel's department."]


class NotAMember(Refusal, frozen=True):
    """They have no membership of their own in this channel."""

    channel: Annotated[ChannelId, "The channel."]
    person: Annotated[PersonId, "Who has none."]


class LastOwner(Refusal, frozen=True):
    """A channel is always kept by somebody: let another member be an owner first."""

    channel: Annotated[ChannelId, "The channel."]


def _members_invite(channel: Channel) -> bool:
    return channel.kind_of == "group" and channel.inviting == "members"


members_invite = Check("group channel whose members bring others in", _members_invite)
may_bring_in = (member_of("channel") & members_invite & employee) | keeper_of("channel")
"""Guests bring nobody in."""
THEIRS = by("channel", "person")
THEIR_DEPARTMENT = by("channel.department", "person")


@decides(allowed=employee & seen("channel"))
def join(
    command: JoinChannel,
    actor: PersonId,
    channel: Channel,
    membership: Maybe[Membership] = by("channel", "actor"),
    belonging: Maybe[DepartmentMembership] | None = OF_CHANNEL,
) -> Events | ChannelIsArchived:
    if membership.active or (belonging and belonging.active):
        return NOTHING
    if channel.archived:
        return ChannelIsArchived(channel=command.channel)
    return membership.records(MemberJoined(channel=command.channel, person=actor))


@decides(allowed=seen("channel"))
def leave(
    command: LeaveChannel,
    actor: PersonId,
    channel: Channel,
    membership: Maybe[Membership] = by("channel", "actor"),
    belonging: Maybe[DepartmentMembership] | None = OF_CHANNEL,
) -> Events | StaysThroughDepartment | DirectChannelIsFixed | LastOwner:
    if channel.kind_of == "direct":
        return DirectChannelIsFixed(channel=command.channel)
    if channel.department and belonging and belonging.active:
        return StaysThroughDepartment(department=channel.department)
    if not membership.active:
        return NOTHING
    left = membership.records(MemberLeft(channel=command.channel, person=actor))
    return without_owner(channel, actor) or left + owners_without(channel, actor, actor)


@decides(allowed=may_bring_in)
def add(
    command: AddMember,
    actor: PersonId,
    channel: Channel,
    person: Person,
    theirs: Maybe[Membership] = THEIRS,
) -> Events | ChannelIsArchived | DirectChannelIsFixed | HasLeft:
    if theirs.active:
        return NOTHING
    if person.status == "left":
        return HasLeft(person=command.person)
    return fixed(channel) or theirs.records(MemberAdded(channel=command.channel, person=command.person, by=actor))


@decides(allowed=keeper_of("channel"))
def remove(
    command: RemoveMember,
    actor: PersonId,
    channel: Channel,
    theirs: Maybe[Membership] = THEIRS,
    their_belonging: Maybe[DepartmentMembership] | None = THEIR_DEPARTMENT,
) -> Events | StaysThroughDepartment | DirectChannelIsFixed | LastOwner:
    if channel.kind_of == "direct":
        return DirectChannelIsFixed(channel=command.channel)
    if channel.department and their_belonging and their_belonging.active:
        return StaysThroughDepartment(department=channel.department)
    if not theirs.active:
        return NOTHING
    removed = theirs.records(MemberRemoved(channel=command.channel, person=command.person, by=actor))
    return without_owner(channel, command.person) or removed + owners_without(channel, command.person, actor)


@decides(allowed=keeper_of("channel"))
def change_role(
    command: ChangeRole, actor: PersonId, channel: Channel, theirs: Maybe[Membership] = THEIRS
) -> Events | NotAMember | ChannelIsArchived | DirectChannelIsFixed | LastOwner:
    if not theirs.active:
        return NotAMember(channel=command.channel, person=command.person)
    if theirs.role == command.role:
        return NOTHING
    changed = MemberRoleChanged(channel=command.channel, person=command.person, role=command.role, by=actor)
    if command.role == "owner":
        owners = owners_with(channel, command.person, actor)
        return fixed(channel) or theirs.records(changed) + owners
    refused = fixed(channel) or without_owner(channel, command.person)
    return refused or theirs.records(changed) + owners_without(channel, command.person, actor)


def without_owner(channel: Channel, person: PersonId) -> LastOwner | None:
    """Why somebody can't cease to own the channel, if so: nobody else would. A department's is kept through the department."""
    last = channel.kind_of == "group" and channel.owners == {person}
    return LastOwner(channel=ChannelId(channel.thing)) if last else None


def owners_with(channel: Channel, person: PersonId, by: PersonId | None) -> Events:
    """That somebody keeps the channel too, beside their role."""
    return _owners(channel, channel.owners | {person}, by)


def owners_without(channel: Channel, person: PersonId, by: PersonId | None) -> Events:
    """That somebody no longer keeps the channel, beside what ends their role."""
    return _owners(channel, channel.owners - {person}, by)


def _owners(channel: Channel, owners: frozenset[PersonId], by: PersonId | None) -> Events:
    if owners == channel.owners:
        return NOTHING
    return channel.records(ChannelOwnersChanged(channel=ChannelId(channel.thing), owners=tuple(sorted(owners)), by=by))
