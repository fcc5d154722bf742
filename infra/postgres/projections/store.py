"""The read models of one organisation in PostgreSQL: tables, checkpoints and transactions."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import LiteralString, NamedTuple

import psycopg
from psycopg import AsyncConnection, sql

from infra.postgres.connections import StandingConnection
from infra.postgres.log.pipe import ConnectionLost
from infra.postgres.migrations import OrganisationSchema
from infra.postgres.projections.batch import PostgresBatch
from infra.postgres.projections.session import Session
from infra.postgres.projections.sets import SetStatements
from infra.postgres.projections.statements import Statements
from infra.postgres.projections.tables import REBUILD, create, drop, indexes, shape
from infra.postgres.projections.transaction import Texts
from projections.engine.members import Declared
from projections.engine.quarantine import HeldEvent
from projections.engine.store import ModelChanged, Slot, StoreUnavailable

_SETTINGS = {
    # Rows and checkpoint are lost together or not at all, and what is lost follows from the log again.
    "synchronous_commit": "off",
    "lock_timeout": "8s",
    "statement_timeout": "10s",
    "idle_in_transaction_session_timeout": "10s",
}
# Batches go by an index whatever their size; tables grow from nothing to millions of rows under the same plans.
_BY_INDEX = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
_KNOWN: LiteralString = "SELECT table_name, shape, position FROM {} WHERE table_name = ANY(%s)"
_ENTER: LiteralString = "INSERT INTO {} (table_name, model, version, shape, position, rebuilds) VALUES (%s, %s, %s, %s, 0, %s)"
_HELD: LiteralString = (
    "SELECT p.model, q.key, q.position, q.type, q.error, q.held_at FROM {quarantine} q JOIN {projections} p USING (table_name)"
    " WHERE NOT p.rebuilds AND (%(table)s::text IS NULL OR q.table_name = %(table)s) ORDER BY q.position, p.model"
)

_OTHERS: LiteralString = (
    "SELECT p.table_name, EXISTS (SELECT FROM pg_catalog.pg_tables t"
    " WHERE t.schemaname = {schema} AND t.tablename = p.table_name || '_history')"
    " FROM {projections} p WHERE split_part(p.table_name, '/', 1) = p.table_name AND p.table_name <> ALL(%s) ORDER BY 1"
)


class Known(NamedTuple):
    """What is noted of a slot."""

    shape: str
    position: int


class PostgresStore:
    """Fulfils projections.engine.store.Store on connections of its own, one for batches: for one follower at a time."""

    def __init__(self, dsn: str, organisation: OrganisationSchema, name: str = "projections") -> None:
        self._connection = StandingConnection(dsn, name, settings=_SETTINGS)
        self.organisation = organisation
        self.projections = sql.Identifier(organisation.schema, "projections")
        self.quarantine = sql.Identifier(organisation.schema, "quarantine")
        self._session = Session(dsn, name, _SETTINGS | _BY_INDEX)
        self._statements: dict[str, Statements] = {}
        self._sets: dict[str, SetStatements] = {}
        self.texts = Texts(organisation.quoted)
        self.channel = channel(organisation)
        self.clear = False

    async def close(self) -> None:
        """Closes its connections; they are opened again when they are needed."""
        await self._connection.close()
        await self._session.close()

    async def prepare(self, models: Collection[Declared]) -> Mapping[Slot, int]:
        """Makes what tables and indexes are missing; the live slots with their checkpoints. Views have none."""
        slots = [Slot(model, model.table) for model in models if model.view is None]
        async with self._transaction() as connection:
            # An index that a declaration brings later is built here, however long that takes.
            await connection.execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'")
            await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (self.lock("tables"),))
            known = await self.known(connection, slots)
            for slot in slots:
                if slot.table not in known:
                    await self.make(connection, slot)
                elif known[slot.table].shape != shape(slot.model):
                    raise ModelChanged(f"{slot.model.name} has other columns than its table {slot.table}: raise its version")
            for slot in slots:
                await self.index(connection, slot)
        return {slot: known[slot.table].position if slot.table in known else 0 for slot in slots}

    async def make(self, connection: AsyncConnection, slot: Slot, *, rebuilds: bool = False) -> None:
        """Makes the table of a slot, and enters it with the checkpoint 0."""
        for statement in create(self.organisation.quoted, slot.model, slot.table):
            await connection.execute(statement.encode())
        values = (slot.table, slot.model.name, slot.model.version, shape(slot.model), rebuilds)
        await connection.execute(sql.SQL(_ENTER).format(self.projections), values)

    async def positions(self, slots: Collection[Slot]) -> Mapping[Slot, int]:
        """The checkpoints. Raises StoreUnavailable."""
        async with self._transaction() as connection:
            known = await self.known(connection, slots)
        return {slot: known[slot.checkpoint].position for slot in slots if slot.checkpoint in known}

    async def quarantined(self, slot: Slot | None = None) -> Sequence[HeldEvent]:
        """What is held, in the order of positions. Raises StoreUnavailable."""
        text = sql.SQL(_HELD).format(quarantine=self.quarantine, projections=self.projections)
        async with self._transaction() as connection:
            cursor = await connection.execute(text, {"table": slot and slot.table})
            return [HeldEvent(*row) for row in await cursor.fetchall()]

    @asynccontextmanager
    async def batch(self, slots: Collection[Slot], after: int, upto: int) -> AsyncIterator[PostgresBatch]:
        """A transaction in which these slots go from one position to another. Raises Overtaken, Unforeseen, StoreUnavailable."""
        async with self.unavailable():
            batch = PostgresBatch(self, self._session, slots, after, upto)
            try:
                yield batch
                await batch.commit()
            except BaseException:
                await self._session.undo()
                raise

    async def sweep(self, models: Collection[Declared]) -> Sequence[str]:
        """A table is in use while a process holds its lock (`in_use`), shared. Raises StoreUnavailable."""
        ours = [model.table for model in models]
        dropped = []
        async with self._transaction() as connection:
            cursor = await connection.execute(
                sql.SQL(_OTHERS).format(projections=self.projections, schema=self.organisation.schema),
                ([*ours, *(t + REBUILD for t in ours)],),
            )
            for table, history in await cursor.fetchall():
                base = table.removesuffix(REBUILD)
                cursor = await connection.execute(
                    "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", (in_use(self.organisation, base),)
                )
                if await cursor.fetchone() == (True,):
                    await self.forget(connection, history, table)
                    dropped.append(table)
        return dropped

    async def index(self, connection: AsyncConnection, slot: Slot) -> None:
        """Makes those indexes of a slot that are missing."""
        for statement in indexes(self.organisation.quoted, slot.model, slot.table):
            await connection.execute(statement.encode())

    async def forget(self, connection: AsyncConnection, history: bool, table: str) -> None:
        """Drops a slot's tables, and what was noted of it."""
        for statement in drop(self.organisation.quoted, table, history=history):
            await connection.execute(statement.encode())
        gone = sql.SQL("DELETE FROM {} WHERE split_part(table_name, '/', 1) = %s")
        await connection.execute(gone.format(self.projections), (table,))

    async def known(self, connection: AsyncConnection, slots: Collection[Slot]) -> dict[str, "Known"]:
        """What is noted of these slots, by table."""
        cursor = await connection.execute(sql.SQL(_KNOWN).format(self.projections), ([slot.checkpoint for slot in slots],))
        return {table: Known(digest, position) for table, digest, position in await cursor.fetchall()}

    def statements(self, slot: Slot) -> Statements:
        """What is said about a slot's table."""
        if slot.table not in self._statements:
            self._statements[slot.table] = Statements(self.organisation.quoted, slot)
        return self._statements[slot.table]

    def set_statements(self, slot: Slot) -> SetStatements:
        """What is said about a set's table, or about a part of it."""
        if slot.checkpoint not in self._sets:
            self._sets[slot.checkpoint] = SetStatements(self.organisation.quoted, slot)
        return self._sets[slot.checkpoint]

    def lock(self, name: str) -> str:
        """What an advisory lock for something of this organisation is named."""
        return f"{self.organisation.schema}/projections/{name}"

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        async with self.unavailable():
            connection = await self._connection.once()
            async with connection.transaction():
                yield connection

    @asynccontextmanager
    async def unavailable(self) -> AsyncIterator[None]:
        """Faults of the connection as StoreUnavailable."""
        try:
            yield
        except (psycopg.OperationalError, ConnectionLost) as error:
            await self._connection.close()
            raise StoreUnavailable(f"the read models can't be written now: {error}") from error


def channel(organisation: OrganisationSchema) -> str:
    """The notification channel for moved checkpoints."""
    return f"{organisation.schema}_projections"


def in_use(organisation: OrganisationSchema, table: str) -> str:
    """What the advisory lock of those who read or fill a table is named; they hold it shared."""
    return f"{organisation.schema}/projections/{table}/in use"
