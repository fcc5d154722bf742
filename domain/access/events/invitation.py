"""What happens to invitations, and to the guests whom they let in."""

from datetime import datetime

from domain.access.ids import InvitationId, ResourceId
from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import Authored


class InvitationIssued(Event, wire="access.invitation_issued.v1"):
    """Whoever shows the code with this digest (SHA-256, in hex) becomes a guest, bound to one resource.

    `uses` is how many may, none: any number; `until` the last moment to show it; `guests_until` the last moment of the guests
    themselves; `view_only` guests change nothing. `kind` is the kind of the resource's stream, where the issuer knows it.
    """

    author: PersonId
    digest: str
    resource: ResourceId
    kind: str | None = None
    uses: int | None = None
    until: datetime | None = None
    guests_until: datetime | None = None
    view_only: bool = False
    reason: Authored[str]


class InvitationRedeemed(Event, wire="access.invitation_redeemed.v1"):
    """Somebody showed the code, and is a guest by it."""

    guest: PersonId


class InvitationRevoked(Event, wire="access.invitation_revoked.v1"):
    """The code lets nobody in any more; with `guests`, those whom it let in can do nothing more either."""

    author: PersonId
    guests: bool = False


class GuestAdmitted(Event, wire="access.guest_admitted.v1"):
    """Somebody is a guest, by which invitation and of whom, for what, and until when."""

    person: PersonId
    invitation: InvitationId
    issuer: PersonId
    resource: ResourceId
    kind: str | None = None
    until: datetime | None = None
    view_only: bool = False


InvitationEvent = InvitationIssued | InvitationRedeemed | InvitationRevoked

catalogue(InvitationIssued, InvitationRedeemed, InvitationRevoked, GuestAdmitted)
