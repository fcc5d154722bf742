"""Who takes part in a channel, and who keeps it.

`by` is who wished it. The envelope's actor is the same person, but for what was imported: there the actor is the
importer, and `by` is None where the source doesn't say.
"""

from typing import Literal

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.messaging.ids import ChannelId

Role = Literal["member", "owner"]
"""An owner also keeps the channel: its name, topic, members and pins."""


class MemberJoined(Event, wire="messaging.member_joined.v1"):
    """Somebody takes part from now on, by their own wish."""

    channel: ChannelId
    person: PersonId


class MemberAdded(Event, wire="messaging.member_added.v1"):
    """Somebody takes part from now on, because somebody else wished it."""

    channel: ChannelId
    person: PersonId
    by: PersonId | None = None
    role: Role = "member"


class MemberRoleChanged(Event, wire="messaging.member_role_changed.v1"):
    """Somebody keeps the channel now, or no longer does."""

    channel: ChannelId
    person: PersonId
    role: Role
    by: PersonId | None = None


class MemberLeft(Event, wire="messaging.member_left.v1"):
    """Somebody no longer takes part, by their own wish."""

    channel: ChannelId
    person: PersonId


class MemberRemoved(Event, wire="messaging.member_removed.v1"):
    """Somebody no longer takes part, because somebody else wished it."""

    channel: ChannelId
    person: PersonId
    by: PersonId | None = None


class MemberInvited(Event, wire="messaging.member_invited.v1"):
    """Somebody was asked to take part; they answer by joining or declining."""

    channel: ChannelId
    person: PersonId
    by: PersonId


class InvitationDeclined(Event, wire="messaging.invitation_declined.v1"):
    """Somebody who was asked to take part doesn't wish to."""

    channel: ChannelId
    person: PersonId


class InvitationWithdrawn(Event, wire="messaging.invitation_withdrawn.v1"):
    """Somebody is no longer asked to take part."""

    channel: ChannelId
    person: PersonId
    by: PersonId


class ChannelHandedOver(Event, wire="messaging.channel_handed_over.v1"):
    """Somebody keeps a channel now in the place of its last owner, who has left."""

    channel: ChannelId
    person: PersonId
    predecessor: PersonId


class ChannelHandedBack(Event, wire="messaging.channel_handed_back.v1"):
    """Somebody who kept a channel in another's place is there again what they were before: with None, no member."""

    channel: ChannelId
    person: PersonId
    predecessor: PersonId
    role: Role | None = None


MembershipEvent = (
    MemberJoined
    | MemberAdded
    | MemberRoleChanged
    | MemberLeft
    | MemberRemoved
    | MemberInvited
    | InvitationDeclined
    | InvitationWithdrawn
    | ChannelHandedOver
    | ChannelHandedBack
)

catalogue(
    MemberJoined,
    MemberAdded,
    MemberRoleChanged,
    MemberLeft,
    MemberRemoved,
    MemberInvited,
    InvitationDeclined,
    InvitationWithdrawn,
    ChannelHandedOver,
    ChannelHandedBack,
)
