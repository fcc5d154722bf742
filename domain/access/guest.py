"""Guests: people from outside, each bound to what one invitation is about, for as long as it says."""

from datetime import datetime

from msgspec.structs import replace

from domain.access.commands.invitation import RedeemInvitation
from domain.access.events.grant import PermissionGranted
from domain.access.events.invitation import GuestAdmitted, InvitationIssued, InvitationRedeemed
from domain.access.holding import Grant
from domain.access.ids import InvitationId, RoleId
from domain.access.invitation import Invitation
from domain.access.role import Role, first_given
from domain.directory.events.person import PersonJoined
from domain.directory.person import Person
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.refusals import IdTaken, Refusal
from domain.kernel.rules import PLATFORM
from domain.kernel.states import NOTHING, Events, Maybe, New, State

REASON = "invitation"
"""Why a guest was granted what they were invited to."""


class Guest(State[GuestAdmitted], kind="access.guest", key=(PersonId,)):
    """By which invitation somebody is a guest, until when, and whether they change anything."""

    invitation: InvitationId | None = None
    until: datetime | None = None
    view_only: bool = False

    def evolve(self, event: GuestAdmitted) -> "Guest":
        return replace(self, invitation=event.invitation, until=event.until, view_only=event.view_only)


class InvitationNotGood(Refusal, frozen=True):
    """This code lets nobody in: there is none like it, or it was used up, has ended or was revoked."""


@decides(allowed=PLATFORM)
def redeem(
    command: RedeemInvitation,
    now: datetime,
    invitation: Maybe[Invitation],
    person: New[Person],
    guest: New[Guest] = by("person"),
    grant: New[Grant] = by("grant"),
    role: Maybe[Role] = by("invitation.gives"),
) -> Events | InvitationNotGood | IdTaken:
    if person.exists:
        again = (guest.invitation, person.name, person.email) == (command.invitation, command.name, command.email)
        return NOTHING if again else IdTaken(id=command.person)
    offer = invitation.issued
    if offer is None or not invitation.lets_in(now):
        return InvitationNotGood()
    return (
        invitation.records(InvitationRedeemed(guest=command.person))
        + person.records(PersonJoined(person=command.person, kind="guest", name=command.name, email=command.email))
        + guest.records(_admitted(command, offer))
        + first_given(role, offer.author)
        + grant.records(_given(command, offer, role, now))
    )


def _admitted(command: RedeemInvitation, offer: InvitationIssued) -> GuestAdmitted:
    return GuestAdmitted(
        person=command.person,
        invitation=command.invitation,
        issuer=offer.author,
        resource=offer.resource,
        kind=offer.kind,
        until=offer.guests_until,
        view_only=offer.view_only,
    )


def _given(command: RedeemInvitation, offer: InvitationIssued, role: Role, now: datetime) -> PermissionGranted:
    """What they see is granted like anything else: so it is listed, looked up as of then, and revoked with all the rest."""
    return PermissionGranted(
        author=offer.author,
        person=command.person,
        role=RoleId(role.thing),
        resource=offer.resource,
        since=now,
        until=offer.guests_until,
        reason=REASON,
    )
