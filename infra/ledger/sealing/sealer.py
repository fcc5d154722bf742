"""Puts what the log has grown by under a signed checkpoint: at most one process at a time, never two trees."""

import asyncio
import base64
from collections.abc import Awaitable, Callable

from psycopg import AsyncConnection

from infra.ledger import checkpoint, note
from infra.ledger.checkpoint import Checkpoint
from infra.ledger.entry import leaf_hash
from infra.ledger.errors import LedgerError
from infra.ledger.note import Note
from infra.ledger.proofs import root_over, tiles_needed
from infra.ledger.sealing.database import LedgerTables, Signed, State
from infra.ledger.sealing.keyring import KeyRing
from infra.ledger.sealing.outside import OutsideCopy
from infra.ledger.sealing.refusals import KeyUnknown, LedgerDamaged, LogForked, LogShrunk
from infra.ledger.tree import HASH, Edge, TileAddress
from infra.postgres.connections import StandingConnection

BATCH = 8_192
"""Positions that go under one checkpoint at most: some megabytes, and some tenths of a second of work."""

SETTINGS = {"synchronous_commit": "on"}
"""What is signed must not be lost with the server's power."""

Published = Callable[[AsyncConnection, Note], Awaitable[None]]
"""What else is to be told of a new checkpoint: mirrors, witnesses."""


class Sealer:
    """Seals one organisation's log with one key ring. Several may exist; the state's row lets one at a time work."""

    def __init__(
        self,
        connection: StandingConnection,
        schema: str,
        ring: KeyRing,
        outside: OutsideCopy,
        published: Published | None = None,
    ) -> None:
        self._standing = connection
        self._tables = LedgerTables(schema)
        self._ring, self._outside, self._published = ring, outside, published
        self._edge = Edge()
        self._published_size = 0
        self._one_at_a_time = asyncio.Lock()

    async def seal(self) -> Checkpoint | None:
        """Seals and publishes all that is in the log now; the last checkpoint, or None while the log is empty.

        Raises SealRefused (nothing was signed), psycopg.OperationalError (it may be tried again).
        """
        async with self._one_at_a_time:
            connection = await self._standing.once()
            head = await self._tables.head(connection, self._edge.size)
            while True:
                signed = await self._step(connection, head)
                if signed is None:
                    return None
                sealed = checkpoint.parse(signed.text)
                await self._publish(connection, sealed, signed)
                if sealed.size >= head:
                    return sealed

    async def look(self) -> tuple[bool, int]:
        """Whether the log has grown since the last seal or a seal wasn't published yet; and how much is published."""
        connection = await self._standing.once()
        state = await self._tables.state(connection)
        head = await self._tables.head(connection, state.published if state else 0)
        return (head > 0, 0) if state is None else (head > state.published, state.published)

    async def _step(self, connection: AsyncConnection, head: int) -> Note | None:
        """Seals one batch in one transaction and gives its checkpoint; the last one where there is nothing to seal."""
        async with connection.transaction():
            state = await self._locked(connection)
            newest = await self._tables.newest(connection, state.origin)
            edge = self._edge = await self._verified_edge(connection, state, newest)
            await self._verify_outside(connection, edge, head)
            await self._verify_last_row(connection, edge, head)
            upto = min(head, edge.size + BATCH)
            if upto == edge.size:
                return note.parse(newest.note) if newest else None
            entries = await self._tables.entries(connection, edge.size, upto)
            grown, tiles = edge.extend([leaf_hash(entry) for entry in entries])
            sealed = Checkpoint(state.origin, grown.size, grown.root())
            signed = note.sign(sealed.text, self._ring.signing)
            await self._tables.store(connection, tiles, Signed(sealed.size, sealed.root, str(signed)), state.origin)
        self._edge = grown
        return signed

    async def _locked(self, connection: AsyncConnection) -> State:
        state = await self._tables.lock(connection)
        if state is None:
            await self._tables.begin(connection, self._ring.origin)
            state = await self._tables.lock(connection)
        if state is None or state.origin != self._ring.origin:
            raise KeyUnknown(f"the log is {state and state.origin}, the keys are those of {self._ring.origin}")
        return state

    async def _verified_edge(self, connection: AsyncConnection, state: State, newest: Signed | None) -> Edge:
        """The tree's edge, if tiles, state and the newest checkpoint tell of one tree, signed by us."""
        edge = self._edge
        if edge.size != state.size:
            try:
                edge = Edge.at(state.size, await self._tables.tiles(connection, Edge.addresses(state.size)))
            except LedgerError as error:
                raise LedgerDamaged(str(error)) from error
        if newest is None:
            if state.size:
                raise LedgerDamaged(f"{state.size} positions are sealed, but no checkpoint says so")
            return edge
        if newest.size != state.size:
            raise LedgerDamaged(f"{state.size} positions are sealed, but the last checkpoint is of {newest.size}")
        try:
            signed = checkpoint.verified(note.parse(newest.note), state.origin, self._ring.verifiers)
        except LedgerError as error:
            raise KeyUnknown(f"the checkpoint of {newest.size}: {error}") from error
        if (signed.size, signed.root) != (newest.size, newest.root) or signed.root != edge.root():
            raise LedgerDamaged(f"the tiles don't lead to the checkpoint of {newest.size}")
        return edge

    async def _verify_outside(self, connection: AsyncConnection, edge: Edge, head: int) -> None:
        """The copy outside must be of a beginning of this tree: what was published can't be taken back."""
        try:
            outside = self._outside.read(self._ring)
        except LedgerError as error:
            raise KeyUnknown(f"the checkpoint kept outside the database: {error}") from error
        if outside is not None:
            await self._require_beginning(connection, edge, outside, head)

    async def _require_beginning(self, connection: AsyncConnection, edge: Edge, known: Checkpoint, head: int) -> None:
        if known.size > edge.size:
            lost = "the seals of it are gone" if head >= known.size else f"{head} positions are left"
            raise LogShrunk(f"a checkpoint of {known.size} was published, the database has one of {edge.size}: {lost}")
        root = edge.root()
        if known.size != edge.size:
            whole = (0, known.size)
            root = root_over(whole, await self._tables.tiles(connection, tiles_needed([whole])))
        if root != known.root:
            ours, theirs = (base64.b64encode(value).decode() for value in (root, known.root))
            raise LogForked(f"a checkpoint of {known.size} was published with the root {theirs}, here it is {ours}")

    async def _verify_last_row(self, connection: AsyncConnection, edge: Edge, head: int) -> None:
        """The last position that was sealed must still be there, as it was."""
        if edge.size == 0:
            return
        if head < edge.size:
            raise LogShrunk(f"{edge.size} positions are sealed, the log has {head}")
        address = TileAddress(0, (edge.size - 1) // 256)
        tile = edge.partial[0] or (await self._tables.tiles(connection, [address])).get(address, b"")
        (entry,) = await self._tables.entries(connection, edge.size - 1, edge.size)
        if leaf_hash(entry) != tile[-HASH:]:
            raise LogForked(f"position {edge.size} is not as it was sealed")

    async def _publish(self, connection: AsyncConnection, sealed: Checkpoint, signed: Note) -> None:
        """After the commit only; repeated where a process died before it was done."""
        if sealed.size == self._published_size:
            return
        # It waits for the disk, and the requests of this process mustn't.
        await asyncio.to_thread(self._outside.write, signed)
        await self._tables.publish(connection, sealed.size)
        if self._published is not None:
            await self._published(connection, signed)
        self._published_size = sealed.size
