"""Invitations, and the guests who came by them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.access.events.invitation import GuestAdmitted, InvitationIssued, InvitationRedeemed, InvitationRevoked
from domain.kernel.events import Recorded
from domain.kernel.personal import readable
from projections.access.people import PRIMARY
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import Maybe, To, column, found, listed, many, one, replace
from projections.engine.model import Model


class Invitation(
    Model,
    visible={"who issued it": "{this}.issuer_id = {viewer}", "primary administrator": PRIMARY},
    queries=(
        found("guest_invitation", "An invitation, by its id."),
        listed("guest_invitations", "The invitations that you issued; to primary administrators, all.", order="-issued_at"),
    ),
):
    """A code that makes whoever shows it a guest of one thing. The code itself is kept nowhere."""

    issued_at: datetime = column("When it was issued.", order=True)
    resource: UUID = column("What its guests are invited to.", filter=("eq",))
    reason: str | None = column("Why; nothing where it was erased.", personal=True)
    uses: int | None = column("How many may come by it; nothing: any number.")
    used: int = column("How many came.", default=0)
    until: datetime | None = column("The last moment at which it lets somebody in.")
    guests_until: datetime | None = column("The last moment of the guests themselves.")
    view_only: bool = column("Whether its guests change nothing.")
    revoked_at: datetime | None = column("When it was revoked; nothing where it wasn't.", default=None)
    issuer: To[Person] = one("Who issued it.", inverse=many("guest_invitations", "What they issued.", order="-issued_at"))
    revoked_by: Maybe[Person] = one("Who revoked it.", default=None)


class Guest(
    Model,
    visible={
        "themselves": "{this}.id = {viewer}",
        "who invited them": "{this}.issuer_id = {viewer}",
        "primary administrator": PRIMARY,
    },
    queries=(listed("guests", "The guests whom you invited; to primary administrators, all.", order="-since"),),
):
    """By what somebody is a guest here. Its id is the person's."""

    since: datetime = column("When they came.", order=True)
    resource: UUID = column("What they were invited to.", filter=("eq",))
    until: datetime | None = column("Their last moment here; nothing where none is set.")
    view_only: bool = column("Whether they change nothing.")
    ended: bool = column("Whether their invitation was revoked together with its guests.", default=False)
    person: To[Person] = one("Who.", inverse=many("guest_of", "By what they are a guest.", order="since"))
    invitation: To[Invitation] = one("By which invitation.", inverse=many("guests", "Who came by it.", order="since"))
    issuer: To[Person] = one("Who invited them.", inverse=many("guests", "Whom they invited.", order="-since"))


@feeds()
def issued(said: Recorded[InvitationIssued]) -> Invitation:
    fact = said.event
    return Invitation(
        id=said.thing,
        issued_at=said.effective_at,
        resource=fact.resource,
        reason=readable(fact.reason),
        uses=fact.uses,
        until=fact.until,
        guests_until=fact.guests_until,
        view_only=fact.view_only,
        issuer=fact.author,
    )


@feeds()
def redeemed(row: Invitation, said: Recorded[InvitationRedeemed]) -> Invitation:
    return replace(row, used=row.used + 1)


@feeds()
def revoked(row: Invitation, said: Recorded[InvitationRevoked]) -> Invitation:
    return replace(row, revoked_at=row.revoked_at or said.effective_at, revoked_by=said.event.author)


@feeds()
def admitted(said: Recorded[GuestAdmitted]) -> Guest:
    fact = said.event
    return Guest(
        id=said.thing,
        since=said.effective_at,
        resource=fact.resource,
        until=fact.until,
        view_only=fact.view_only,
        person=fact.person,
        invitation=fact.invitation,
        issuer=fact.issuer,
    )


@feeds(where={"invitation": "thing"})
def ended(row: Guest, said: Recorded[InvitationRevoked]) -> Guest:
    return replace(row, ended=row.ended or said.event.guests)
