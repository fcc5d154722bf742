"""What may be wished about invitations and guests."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.access.commands.grant import REASON
from domain.access.ids import GrantId, InvitationId, ResourceId
from domain.access.secrets import SignInId, invitation_id, sign_in_id
from domain.directory.commands.limits import ADDRESS, EMAIL, NAME
from domain.kernel.commands import Command, Line, Moment
from domain.kernel.identifiers import PersonId, derived

USES = 10_000
"""Most guests by one code."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", max_length=64)]
"""A code's SHA-256, in hex: the code itself is known to whoever made it and to whom it is sent."""


class Invitation(BaseModel):
    """What every invitation says, whatever it is to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    digest: Digest = Field(description="SHA-256 of the code, in hex; the code is 128 random bits or more.")
    uses: int | None = Field(default=1, description="How many may come by it; none: any number.", ge=1, le=USES)
    until: Moment | None = Field(default=None, description="The last moment at which it lets somebody in.")
    guests_until: Moment | None = Field(default=None, description="The last moment of the guests themselves.")
    view_only: bool = Field(default=False, description="Whether its guests change nothing.")
    reason: Line = Field(description="Why.", max_length=REASON)

    @property
    def invitation(self) -> InvitationId:
        """The invitation's id, which follows from the code."""
        return invitation_id(self.digest)


class IssueInvitation(Invitation, Command):
    """Let whoever shows a code become a guest who sees one thing."""

    resource: ResourceId = Field(description="What they are invited to, by its id.")


class RevokeInvitation(Command):
    """Let an invitation's code let nobody in any more."""

    invitation: InvitationId = Field(description="Which one.")
    guests: bool = Field(default=False, description="Whether those whom it let in can do nothing more either.")


class RedeemInvitation(Command):
    """Become a guest by an invitation's code."""

    digest: Digest = Field(description="SHA-256 of the code, in hex.")
    person: PersonId = Field(description="The new guest's id.")
    name: Line = Field(description="What they are called.", max_length=NAME)
    email: Line | None = Field(default=None, description="Where they get mail.", max_length=EMAIL, pattern=ADDRESS)

    @property
    def grant(self) -> GrantId:
        """The grant by which they see what they are invited to."""
        return GrantId(derived("guest", self.invitation, self.person))

    @property
    def invitation(self) -> InvitationId:
        """The invitation's id, which follows from the code."""
        return invitation_id(self.digest)


class OfferSignIn(Command):
    """Let a guest sign in again, once, by a code."""

    person: PersonId = Field(description="Which guest.")
    digest: Digest = Field(description="SHA-256 of the code, in hex; the code is 128 random bits or more.")

    @property
    def sign_in(self) -> SignInId:
        """The offer's id, which follows from the code."""
        return sign_in_id(self.digest)


class UseSignIn(Command):
    """Sign in by such a code."""

    person: PersonId = Field(description="Which guest.")
    digest: Digest = Field(description="SHA-256 of the code, in hex.")

    @property
    def sign_in(self) -> SignInId:
        """The offer's id, which follows from the code."""
        return sign_in_id(self.digest)
