"""Who somebody of another system is here: what an import, a sign-in or a provisioning has found out, once and for all."""

from typing import NewType
from uuid import UUID

from msgspec.structs import replace

from domain.directory.events.person import PersonIdentified
from domain.kernel.identifiers import PersonId
from domain.kernel.states import State

IdentityId = NewType("IdentityId", UUID)
"""Derived from the other system and what it calls somebody there; never from a name or an address."""


class Identity(State[PersonIdentified], kind="directory.identity", key=(IdentityId,)):
    """One account of another system, and whose it is."""

    person: PersonId | None = None

    def evolve(self, event: PersonIdentified) -> "Identity":
        return replace(self, person=event.person)
