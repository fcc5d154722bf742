"""Ids that follow from a secret's digest: who has the secret finds the thing, and nobody else."""

from typing import NewType
from uuid import UUID

from domain.access.ids import InvitationId
from domain.kernel.identifiers import derived

SignInId = NewType("SignInId", UUID)


def invitation_id(digest: str) -> InvitationId:
    """The invitation whose code has this digest."""
    return InvitationId(derived("invitation", digest))


def sign_in_id(digest: str) -> SignInId:
    """The offer to sign in whose code has this digest."""
    return SignInId(derived("sign in", digest))
