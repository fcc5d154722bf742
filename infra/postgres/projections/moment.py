"""The instant in which the live tables stand still, and the rebuilt ones take their place."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import LiteralString

from psycopg import AsyncConnection, sql

from infra.postgres.projections.snapshot import PostgresSnapshot
from infra.postgres.projections.store import PostgresStore
from infra.postgres.projections.tables import drop, names
from projections.engine.store import Slot

_TAKE_PLACE: LiteralString = (
    "UPDATE {projections} p SET position = %(position)s, moved_at = clock_timestamp(), made_at = r.made_at, stale = r.stale"
    " FROM {projections} r WHERE p.table_name = %(live)s AND r.table_name = %(rebuilt)s"
)


class PostgresMoment:
    """Fulfils projections.engine.beside.Moment, in a transaction that holds the live checkpoints."""

    def __init__(
        self,
        store: PostgresStore,
        connection: AsyncConnection,
        positions: Mapping[Slot, int],
        snapshot: Callable[[Collection[Slot]], Awaitable[PostgresSnapshot]],
    ) -> None:
        self.positions = positions
        self._store, self._connection, self._snapshot = store, connection, snapshot

    async def swap(self) -> None:
        """Renames; a reader's statement waits for that, some milliseconds, and then reads the rebuilt table."""
        reached = await self._store.positions(list(self.positions))
        for slot, position in reached.items():
            await self._replace(slot)
            live = slot.model.table
            place = sql.SQL(_TAKE_PLACE).format(projections=self._store.projections)
            await self._connection.execute(place, {"position": position, "live": live, "rebuilt": slot.table})
            gone = sql.SQL("DELETE FROM {} WHERE table_name = %s")
            await self._connection.execute(gone.format(self._store.quarantine), (live,))
            await self._connection.execute(gone.format(self._store.projections), (slot.table,))

    async def snapshot(self) -> PostgresSnapshot:
        """Opened while nothing moves; it doesn't hold anybody up afterwards."""
        return await self._snapshot(self.positions.keys())

    async def _replace(self, slot: Slot) -> None:
        schema, live = self._store.organisation.quoted, slot.model.table
        # Not in a pipeline: each needs its lock, and the first that waits too long ends it all with nothing changed.
        for statement in (*drop(schema, live, history=slot.model.history), *_renames(schema, slot)):
            await self._connection.execute(statement.encode())
        cursor = await self._connection.execute(
            "SELECT indexname FROM pg_catalog.pg_indexes WHERE schemaname = %s AND tablename = ANY(%s)",
            (self._store.organisation.schema, list(names(live, history=slot.model.history))),
        )
        for (index,) in await cursor.fetchall():
            renamed = index.replace(slot.table, live, 1)
            await self._connection.execute(f'ALTER INDEX {schema}."{index}" RENAME TO "{renamed}"'.encode())


def _renames(schema: str, slot: Slot) -> Sequence[str]:
    history, live = slot.model.history, slot.model.table
    return [
        f'ALTER TABLE {schema}."{rebuilt}" RENAME TO "{name}"'
        for name, rebuilt in zip(names(live, history=history), names(slot.table, history=history), strict=True)
    ]
