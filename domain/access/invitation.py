"""Invitations: a code that makes whoever shows it a guest, bound to one thing."""

from datetime import datetime
from typing import Literal, assert_never

from msgspec.structs import replace

from domain.access.administration import administrator
from domain.access.built_in import built_in_role
from domain.access.commands.invitation import Invitation as Wish
from domain.access.commands.invitation import IssueInvitation, RevokeInvitation
from domain.access.events.invitation import InvitationEvent, InvitationIssued, InvitationRedeemed, InvitationRevoked
from domain.access.grant import AlreadyOver
from domain.access.holding import granted
from domain.access.ids import InvitationId, ResourceId, RoleId
from domain.directory.person import employee
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.refusals import IdTaken
from domain.kernel.rules import Check
from domain.kernel.states import NOTHING, Events, New, State

ISSUES = "access.invitation.issue"


class Invitation(State[InvitationEvent], kind="access.invitation", key=(InvitationId,)):
    """What an invitation offers, and how often it was taken."""

    status: Literal["new", "open", "revoked"] = "new"
    issued: InvitationIssued | None = None
    used: int = 0
    guests_end: bool = False

    def evolve(self, event: InvitationEvent) -> "Invitation":
        match event:
            case InvitationIssued():
                return replace(self, status="open", issued=event)
            case InvitationRedeemed():
                return replace(self, used=self.used + 1)
            case InvitationRevoked(guests=guests):
                return replace(self, status="revoked", guests_end=self.guests_end or guests)
            case _:
                assert_never(event)

    @property
    def gives(self) -> RoleId:
        """The role that its guests have on what they are invited to."""
        return built_in_role("supplier" if self.issued is not None and self.issued.view_only else "guest")

    def lets_in(self, now: datetime) -> bool:
        """Whether the code is good at a moment for one more."""
        offer = self.issued
        if self.status != "open" or offer is None:
            return False
        ends = [end for end in (offer.until, offer.guests_until) if end is not None]
        return all(now <= end for end in ends) and (offer.uses is None or self.used < offer.uses)


def _issued_it(invitation: Invitation, actor: PersonId) -> bool:
    return invitation.issued is not None and invitation.issued.author == actor


the_issuer = Check("whoever issued it", _issued_it)


def issued(
    invitation: Invitation, wish: Wish, actor: PersonId, now: datetime, resource: ResourceId, kind: str | None = None
) -> Events | IdTaken | AlreadyOver:
    """An invitation to a resource. Whether the actor may invite to it is for the rule of the command to say."""
    offer = InvitationIssued(
        author=actor,
        digest=wish.digest,
        resource=resource,
        kind=kind,
        uses=wish.uses,
        until=wish.until,
        guests_until=wish.guests_until,
        view_only=wish.view_only,
        reason=wish.reason,
    )
    if invitation.exists:
        return NOTHING if invitation.issued == offer else IdTaken(id=wish.invitation)
    for end in (wish.until, wish.guests_until):
        if end is not None and end <= now:
            return AlreadyOver(until=end)
    return invitation.records(offer)


@decides(allowed=employee & (administrator() | granted(ISSUES, on="resource")))
def issue(
    command: IssueInvitation, actor: PersonId, now: datetime, invitation: New[Invitation]
) -> Events | IdTaken | AlreadyOver:
    return issued(invitation, command, actor, now, command.resource)


@decides(allowed=administrator() | the_issuer | granted(ISSUES))
def revoke(command: RevokeInvitation, actor: PersonId, invitation: Invitation) -> Events:
    if invitation.status == "revoked" and invitation.guests_end >= command.guests:
        return NOTHING
    return invitation.records(InvitationRevoked(author=actor, guests=command.guests))
