"""Who takes part in a channel: by a membership of their own, or because they belong to the channel's department."""

from datetime import datetime
from typing import assert_never

from msgspec.structs import replace

from domain.access.actions import reads
from domain.access.administration import administrator_of
from domain.access.holding import granted
from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.rules import Check, Rule
from domain.kernel.states import Maybe, State
from domain.messaging.channel import Channel
from domain.messaging.events.membership import (
    ChannelHandedBack,
    ChannelHandedOver,
    InvitationDeclined,
    InvitationWithdrawn,
    MemberAdded,
    MemberInvited,
    MemberJoined,
    MemberLeft,
    MemberRemoved,
    MemberRoleChanged,
    MembershipEvent,
    Role,
)
from domain.messaging.ids import ChannelId


class Membership(State[MembershipEvent], kind="messaging.membership", key=(ChannelId, PersonId)):
    """Whether somebody takes part of their own, or is asked to, and whether they keep the channel; in whose place, if it was
    handed over to them, and what they were before.

    `since` is when they came, `asked_at` when they were invited to come, if so.
    """

    active: bool = False
    since: datetime | None = None
    asked_at: datetime | None = None
    invited_by: PersonId | None = None
    role: Role = "member"
    predecessor: PersonId | None = None
    before: Role | None = None

    def after(self, event: MembershipEvent, position: int = 0, at: datetime | None = None) -> "Membership":
        then = super().after(event, position, at)
        match event:
            case MemberJoined() | MemberAdded():
                return replace(then, since=at)
            case ChannelHandedOver() if not self.active:
                return replace(then, since=at, asked_at=None)
            case MemberInvited():
                return replace(then, asked_at=at)
            case InvitationDeclined() | InvitationWithdrawn() | MemberLeft() | MemberRemoved():
                return replace(then, asked_at=None)
            case _:
                return then

    def evolve(self, event: MembershipEvent) -> "Membership":
        match event:
            case MemberJoined():
                return replace(self, active=True, role="member", invited_by=None, predecessor=None)
            case MemberAdded(role=role):
                return replace(self, active=True, role=role, invited_by=None, predecessor=None)
            case MemberRoleChanged(role=role):
                return replace(self, role=role, predecessor=None)
            case MemberLeft() | MemberRemoved():
                return replace(self, active=False, role="member", predecessor=None)
            case MemberInvited(by=by):
                return replace(self, invited_by=by)
            case InvitationDeclined() | InvitationWithdrawn():
                return replace(self, invited_by=None)
            case ChannelHandedOver(predecessor=predecessor):
                before = self.role if self.active else None
                return replace(self, active=True, role="owner", predecessor=predecessor, before=before)
            case ChannelHandedBack(role=role):
                return replace(self, active=role is not None, role=role or "member", predecessor=None)
            case _:
                assert_never(event)


READ = reads("messaging.channel.read", "a channel, its members and all that is said there", administrators=False)


def member_of(channel: str) -> Rule:
    """Whoever takes part in the channel that this path names; of a private one, nobody else is told that it is there."""
    return _takes_part(channel).known_to(_public(channel))


def seen(channel: str) -> Rule:
    """Whoever may know of the channel; to all others it is as if it were not there."""
    return _public(channel) | _takes_part(channel, hides=True)


def keeper_of(channel: str) -> Rule:
    """Whoever keeps the channel that this path names: its owners, the leaders of its department, its administrators, and to
    whom that was granted."""

    def owns(membership: Maybe[Membership] = by(channel, "actor")) -> bool:
        return membership.role == "owner"

    def leads(channel: Channel = by(channel), belonging: Maybe[DepartmentMembership] | None = OF_CHANNEL) -> bool:
        return belonging is not None and belonging.leader

    owner, leader = Check("owner of the channel", owns), Check("leader of the channel's department", leads)
    given = granted("messaging.channel.manage", on=channel, within="channel.department")
    return (owner | leader | administrator_of("channel.department") | given).known_to(seen(channel))


OF_CHANNEL = by("channel.department", "actor")


def keeps(membership: Membership, belonging: DepartmentMembership | None) -> bool:
    """Whether somebody owns the channel themselves, or leads its department."""
    return membership.role == "owner" or (belonging is not None and belonging.leader)


def _takes_part(channel: str, *, hides: bool = False) -> Rule:
    def has_joined(membership: Maybe[Membership] = by(channel, "actor")) -> bool:
        return membership.active

    def belongs(channel: Channel = by(channel), belonging: Maybe[DepartmentMembership] | None = OF_CHANNEL) -> bool:
        return belonging is not None and belonging.active

    member = Check("member of the channel", has_joined, hides=hides)
    return member | Check("member of the channel's department", belongs, hides=hides)


def _public(channel: str) -> Rule:
    def public(channel: Channel = by(channel), oneself: Maybe[Person] = by("actor")) -> bool:
        return channel.visibility == "public" and oneself.kind_of != "guest"

    return Check("public channel", public, hides=True)
