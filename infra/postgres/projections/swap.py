"""Rebuilding in PostgreSQL: tables beside the live ones, the instant in which they change places, and comparing both."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import LiteralString

import psycopg
from psycopg import AsyncConnection, sql

from infra.postgres.connections import StandingConnection
from infra.postgres.migrations import OrganisationSchema
from infra.postgres.projections.building import Builders
from infra.postgres.projections.moment import PostgresMoment
from infra.postgres.projections.snapshot import PostgresSnapshot
from infra.postgres.projections.store import PostgresStore
from infra.postgres.projections.tables import REBUILD, indexes, shape
from projections.engine.beside import Difference, NotFollowed, RebuildRuns
from projections.engine.feeds import FEEDS
from projections.engine.members import Declared
from projections.engine.store import ModelChanged, Slot

_PATIENT = {"lock_timeout": "8s", "idle_in_transaction_session_timeout": "60s"}
_PARTS: LiteralString = (
    "SELECT split_part(table_name, '/', 1), split_part(table_name, '/', 2) FROM {}"
    " WHERE split_part(table_name, '/', 1) = ANY(%s) AND table_name LIKE '%%/%%' ORDER BY 2"
)
# The whole stands where it was divided, until its parts are united.
_UNDER_WAY: LiteralString = (
    "SELECT split_part(table_name, '/', 1), coalesce(min(position) FILTER (WHERE table_name LIKE '%/%'), min(position))"
    " FROM {} WHERE rebuilds GROUP BY 1"
)
_ENTER_PART: LiteralString = (
    "INSERT INTO {0} (table_name, model, version, shape, position, rebuilds)"
    " SELECT %s, model, version, shape, position, true FROM {0} WHERE table_name = %s"
)
_AT: LiteralString = "UPDATE {} SET position = %s, moved_at = clock_timestamp() WHERE table_name = %s"
_STAND_STILL: LiteralString = "SELECT table_name, position FROM {} WHERE table_name = ANY(%s) FOR UPDATE"


class PostgresRebuildStore(PostgresStore):
    """Fulfils projections.engine.beside.RebuildStore: a store of its own, beside that of the live follower."""

    def __init__(self, dsn: str, organisation: OrganisationSchema) -> None:
        super().__init__(dsn, organisation, "projections rebuild")
        self._holder = StandingConnection(dsn, "projections swap", settings=_PATIENT)
        self._snapshots = StandingConnection(dsn, "projections compare", settings=_PATIENT)
        self._builders = Builders(dsn)

    async def close(self) -> None:
        """Closes its connections."""
        await super().close()
        await self._holder.close()
        await self._snapshots.close()
        await self._builders.close()

    @asynccontextmanager
    async def rebuilding(self, models: Collection[Declared]) -> AsyncIterator[Mapping[Slot, int]]:
        """Raises RebuildRuns, ModelChanged, StoreUnavailable."""
        slots = [Slot(model, model.table + REBUILD) for model in models if model.view is None]
        async with self.unavailable():
            connection = await self._holder.once()
            for slot in slots:
                await self._hold(connection, slot)
            await self._refuse_changed(connection, models)
            async with connection.transaction():
                for slot in slots:
                    await self._ready(connection, slot)
        try:
            yield await self.positions(slots)
        finally:
            with suppress(psycopg.Error):
                # The server notices only a while later that a connection was closed.
                await connection.execute("SELECT pg_advisory_unlock_all()")
            await self._holder.close()

    async def stale(self, models: Collection[Declared]) -> Sequence[Declared]:
        """Those that lack values which can be read again. Raises StoreUnavailable."""
        live = {model.table: model for model in models}
        async with self.unavailable():
            connection = await self._snapshots.once()
            text = sql.SQL("SELECT table_name FROM {} WHERE stale AND table_name = ANY(%s)").format(self.projections)
            cursor = await connection.execute(text, (list(live),))
            return [live[table] for (table,) in await cursor.fetchall()]

    async def divide(self, slots: Collection[Slot], parts: Sequence[str]) -> Mapping[Slot, Collection[Slot]]:
        """Of each slot its parts; new ones stand at its checkpoint."""
        async with self._transaction() as connection:
            found: dict[Slot, list[Slot]] = {slot: [] for slot in slots}
            by_table = {slot.table: slot for slot in slots}
            cursor = await connection.execute(sql.SQL(_PARTS).format(self.projections), (list(by_table),))
            for table, digits in await cursor.fetchall():
                found[by_table[table]].append(by_table[table]._replace(part=digits))
            for slot in [slot for slot, made in found.items() if not made]:
                for digits in parts:
                    part = slot._replace(part=digits)
                    await connection.execute(sql.SQL(_ENTER_PART).format(self.projections), (part.checkpoint, slot.table))
                    found[slot].append(part)
        return found

    async def unite(self, slots: Collection[Slot], position: int) -> None:
        """Makes slots whole again, all of whose parts have come to a position."""
        async with self._transaction() as connection:
            for slot in slots:
                gone = sql.SQL("DELETE FROM {} WHERE split_part(table_name, '/', 1) = %s AND table_name <> %s")
                await connection.execute(gone.format(self.projections), (slot.table, slot.table))
                await connection.execute(sql.SQL(_AT).format(self.projections), (position, slot.table))

    async def anew(self, slot: Slot) -> None:
        """Empties a slot, which begins at 0 and has no parts."""
        async with self._transaction() as connection:
            await self.forget(connection, slot.model.history, slot.table)
            await self._begin(connection, slot)

    async def finish(self, slots: Collection[Slot]) -> None:
        """Makes the indexes that filling does without."""
        async with self.unavailable():
            await self._builders.finish(self.organisation.quoted, slots)

    async def past(self, slots: Collection[Slot], position: int) -> Sequence[Difference]:
        """Raises StoreUnavailable."""
        async with self.unavailable():
            snapshot = await self._snapshot(slots)
            try:
                return await snapshot.compare(upto=position)
            finally:
                await snapshot.close()

    async def drop(self, slots: Collection[Slot]) -> None:
        """Drops what was filled, and what was noted of it."""
        async with self._transaction() as connection:
            for slot in slots:
                await self.forget(connection, slot.model.history, slot.table)

    async def under_way(self) -> Mapping[str, int]:
        """How far rebuilds have come that are under way or were broken off, by live table. Raises StoreUnavailable."""
        async with self._transaction() as connection:
            cursor = await connection.execute(sql.SQL(_UNDER_WAY).format(self.projections))
            return {table.removesuffix(REBUILD): position for table, position in await cursor.fetchall()}

    async def _snapshot(self, slots: Collection[Slot]) -> PostgresSnapshot:
        connection = await self._snapshots.once()
        await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1")
        return PostgresSnapshot(self._snapshots, connection, self.organisation.quoted, list(slots))

    @asynccontextmanager
    async def moment(self, slots: Collection[Slot]) -> AsyncIterator["PostgresMoment"]:
        """Holds the live checkpoints, so that no follower moves them."""
        async with self.unavailable():
            connection = await self._holder.once()
            async with connection.transaction():
                live = {slot.model.table: slot for slot in slots}
                cursor = await connection.execute(sql.SQL(_STAND_STILL).format(self.projections), (list(live),))
                positions = {live[table]: position for table, position in await cursor.fetchall()}
                yield PostgresMoment(self, connection, positions, self._snapshot)

    async def _hold(self, connection: AsyncConnection, slot: Slot) -> None:
        cursor = await connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (self.lock(slot.table),))
        if await cursor.fetchone() != (True,):
            await self._holder.close()
            raise RebuildRuns(f"{slot.model.name} is being rebuilt by another process")

    async def _refuse_changed(self, connection: AsyncConnection, models: Collection[Declared]) -> None:
        live = {model.table: model for model in models if model.view is None}
        known = await self.known(connection, [Slot(model, table) for table, model in live.items()])
        for table, model in live.items():
            if table not in known:
                raise NotFollowed(f"{model.name} has no table yet: a running server makes and fills it")
            if known[table].shape != shape(model):
                raise ModelChanged(f"{model.name} has other columns than its table {table}: raise its version")

    async def _ready(self, connection: AsyncConnection, slot: Slot) -> None:
        """The table to fill: a new one, unless a rebuild with the same columns was broken off."""
        known = await self.known(connection, [slot])
        if slot.table in known and known[slot.table].shape == shape(slot.model):
            return
        if slot.table in known:
            await self.forget(connection, slot.model.history, slot.table)
        await self._begin(connection, slot)

    async def _begin(self, connection: AsyncConnection, slot: Slot) -> None:
        await self.make(connection, slot, rebuilds=True)
        looked_up = {
            f"{feed.lookup.column}_id" for feeds in FEEDS.values() for feed in feeds if feed.lookup and feed.model is slot.model
        }
        for statement in indexes(self.organisation.quoted, slot.model, slot.table, leading=looked_up):
            await connection.execute(statement.encode())
