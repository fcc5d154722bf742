"""What others may see of the ledger, read from the database: only what was published, computed from what is stored."""

from collections.abc import Callable
from uuid import UUID

from psycopg import AsyncConnection

from infra.ledger import note
from infra.ledger.bundles import bundle
from infra.ledger.entry import leaf_hash
from infra.ledger.errors import TreeInvalid
from infra.ledger.note import Note
from infra.ledger.paths import ENTRIES, Resource, resource_of
from infra.ledger.proof_file import ProofFile
from infra.ledger.proofs import inclusion_ranges, roots_of, tiles_needed
from infra.ledger.receipts import Receipt
from infra.ledger.sealing.database import LedgerTables, State
from infra.ledger.sealing.keyring import KeyRing
from infra.ledger.tree import HASH, WIDTH, TileAddress, width_at
from infra.postgres.connections import Connections

SEALED_WITHIN = 60
"""Seconds after which a receipt's event is sealed: a second normally, more while the database is away."""


class PublishedLedger:
    """Fulfils the reading part of application.ports.ledger.Ledger for one organisation."""

    def __init__(self, connections: Connections, schema: str, ring: KeyRing, seconds: Callable[[], float]) -> None:
        """`seconds` is the time since 1970."""
        self._connections, self._tables, self._ring, self._seconds = connections, LedgerTables(schema), ring, seconds

    async def checkpoint(self) -> str | None:
        """The last published checkpoint, with its cosignatures."""
        async with self._connections.connection() as connection:
            state = await self._tables.state(connection)
            signed = await self._signed(connection, state) if state else None
        return None if signed is None else str(signed)

    async def resource(self, path: str) -> bytes | None:
        """A tile or an entry bundle, if the published checkpoint has it at this width."""
        try:
            resource = resource_of(path)
        except TreeInvalid:
            return None
        async with self._connections.connection() as connection:
            state = await self._tables.state(connection)
            address = TileAddress(max(resource.level, 0), resource.number)
            if state is None or resource.width > width_at(address, state.published):
                return None
            if resource.level == ENTRIES:
                return await self._bundle(connection, resource)
            hashes = (await self._tables.tiles(connection, [address])).get(address, b"")
        return hashes[: resource.width * HASH] if len(hashes) >= resource.width * HASH else None

    async def proof(self, event_id: UUID) -> str | None:
        """An event's inclusion proof under the last published checkpoint."""
        async with self._connections.connection() as connection:
            state = await self._tables.state(connection)
            position = await self._tables.position(connection, event_id)
            if state is None or position is None or position > state.published:
                return None
            signed = await self._signed(connection, state)
            if signed is None:
                return None
            ranges = inclusion_ranges(position - 1, state.published)
            tiles = await self._tables.tiles(connection, tiles_needed(ranges))
            (entry,) = await self._tables.entries(connection, position - 1, position)
        return str(ProofFile(position - 1, tuple(roots_of(ranges, tiles)), signed, entry))

    async def receipt(self, event_id: UUID) -> str | None:
        """The log's promise to seal an event."""
        async with self._connections.connection() as connection:
            position = await self._tables.position(connection, event_id)
            if position is None:
                return None
            (entry,) = await self._tables.entries(connection, position - 1, position)
        by = int(self._seconds()) + SEALED_WITHIN
        receipt = Receipt(self._ring.origin, position, str(event_id), leaf_hash(entry), by)
        return str(note.sign(receipt.text, self._ring.signing))

    async def _bundle(self, connection: AsyncConnection, resource: Resource) -> bytes:
        after = resource.number * WIDTH
        return bundle(await self._tables.entries(connection, after, after + resource.width))

    async def _signed(self, connection: AsyncConnection, state: State) -> Note | None:
        stored = await self._tables.checkpoint(connection, state.origin, state.published)
        if stored is None:
            return None
        lines = await self._tables.cosignatures(connection, state.origin, state.published)
        return note.parse(stored.note + lines)
