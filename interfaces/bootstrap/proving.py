"""Proofs for those who may know of an event."""

from uuid import UUID

from application.ports.ledger import Ledger
from domain.kernel.identifiers import PersonId
from interfaces.bootstrap.organisation import OpenOrganisation


class LedgerProofs:
    """Fulfils interfaces.graphql.proofs.Proofs: an event is for whoever acted in it, and for primary administrators."""

    def __init__(self, ledger: Ledger, organisation: OpenOrganisation) -> None:
        self._ledger, self._organisation = ledger, organisation

    async def proof(self, viewer: UUID, position: int) -> str | None:
        """Raises LogUnavailable."""
        event = await self._event(viewer, position)
        return await self._ledger.proof(event) if event else None

    async def receipt(self, viewer: UUID, position: int) -> str | None:
        """Raises LogUnavailable."""
        event = await self._event(viewer, position)
        return await self._ledger.receipt(event) if event else None

    async def _event(self, viewer: UUID, position: int) -> UUID | None:
        rows = await self._organisation.log.reader.read(position - 1, 1, upto=position)
        if not rows:
            return None
        own = viewer in (rows[0].actor, rows[0].on_behalf_of)
        return rows[0].event_id if own or await self._organisation.is_primary_administrator(PersonId(viewer)) else None
