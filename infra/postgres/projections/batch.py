"""A transaction of the follower: rows are loaded in one query a table, and written in one statement a table and kind."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import AsyncConnection, pq, sql
from psycopg.adapt import Dumper

from infra.postgres.log.arrays import texts
from infra.postgres.projections.layout import Cell
from infra.postgres.projections.statements import Statements
from projections.engine.store import AlreadyStored, Changes, Slot, Stored, Wanted


class TokensDumper(Dumper):
    """text[] for COPY, several times faster than psycopg's own, which looks at every element's type."""

    format = pq.Format.BINARY
    oid = 1009  # text[], the same in every PostgreSQL

    def dump(self, obj: Sequence[str]) -> bytes:
        """The array's binary form."""
        return texts(obj)


COPIED_FROM = 200
"""Rows from which on COPY is faster than arrays."""


class PostgresBatch:
    """Fulfils projections.engine.store.Batch, on a connection in a transaction."""

    def __init__(
        self,
        connection: AsyncConnection,
        schema: str,
        statements: Callable[[Slot], Statements],
        held: Mapping[str, frozenset[UUID]],
    ) -> None:
        """`schema` is unquoted; `held` are the keys in quarantine, by table."""
        self._connection, self._statements, self._held = connection, statements, held
        self._quarantine = sql.Identifier(schema, "quarantine")
        self._projections = sql.Identifier(schema, "projections")

    async def load(self, wanted: Sequence[Wanted]) -> Sequence[Sequence[Stored]]:
        """The rows that are there, one query for each table."""
        cursors: list[Any] = []
        async with self._connection.pipeline():
            for each in wanted:
                if not each.ids and not each.lookups:
                    cursors.append(None)
                    continue
                columns = [f"{column}_id" for column in each.lookups]
                values = [list(each.ids), *(list(found) for found in each.lookups.values())]
                cursors.append(await self._connection.execute(self._statements(each.slot).load(columns), values, binary=True))
        return [await self._stored(each.slot, cursor) for each, cursor in zip(wanted, cursors, strict=True)]

    async def held(self, slots: Collection[Slot]) -> Mapping[str, frozenset[UUID]]:
        """The keys that are in quarantine, by table."""
        return {slot.table: self._held[slot.table] for slot in slots if slot.table in self._held}

    async def write(self, changes: Sequence[Changes], erased: Collection[UUID]) -> None:
        """Writes all changes, then blanks what was sealed with the `erased` keys. Raises AlreadyStored."""
        try:
            async with self._connection.pipeline():
                for each in changes:
                    await self._change(each)
                    await self._hold(each)
                    if erased:
                        for statement in self._statements(each.slot).erase:
                            await self._connection.execute(statement, (list(erased),))
            for each in changes:
                await self._copy(each)
        except psycopg.errors.UniqueViolation as error:
            raise AlreadyStored(f"{error.diag.table_name}: a row that an event makes is there already") from error

    async def stale(self, slots: Collection[Slot], restored: datetime) -> None:
        """Notes that those of these tables that were begun before a moment lack values that can be read since then."""
        text = sql.SQL("UPDATE {} SET stale = true WHERE table_name = ANY(%s) AND made_at <= %s").format(self._projections)
        await self._connection.execute(text, ([slot.table for slot in slots], restored))

    async def release(self, slot: Slot, key: UUID) -> None:
        """Ends the quarantine of a row."""
        text = sql.SQL("DELETE FROM {} WHERE table_name = %s AND key = %s").format(self._quarantine)
        await self._connection.execute(text, (slot.table, key))

    async def _change(self, changes: Changes) -> None:
        statements = self._statements(changes.slot)
        made = statements.layout
        if changes.deleted:
            await self._connection.execute(statements.delete, (list(changes.deleted),))
        if changes.updated:
            await self._arrays(statements.update, made.cells, [made.values(row) for row in changes.updated])
        if 0 < len(changes.inserted) < COPIED_FROM:
            await self._arrays(statements.insert, made.cells, [made.values(row) for row in changes.inserted])
        if 0 < len(changes.closed) < COPIED_FROM:
            await self._arrays(statements.insert_past, made.history, [made.version(version) for version in changes.closed])

    async def _copy(self, changes: Changes) -> None:
        statements = self._statements(changes.slot)
        made = statements.layout
        if len(changes.inserted) >= COPIED_FROM:
            await self._copied(statements.copy, made.cells, map(made.values, changes.inserted))
        if len(changes.closed) >= COPIED_FROM:
            await self._copied(statements.copy_past, made.history, map(made.version, changes.closed))

    async def _arrays(self, statement: bytes, cells: Sequence[Cell], rows: Sequence[Sequence[Any]]) -> None:
        columns = [list(column) for column in zip(*rows, strict=True)]
        for number, cell in enumerate(cells):
            if cell.oid_type == "text[]":
                columns[number] = [None if tokens is None else " ".join(tokens) for tokens in columns[number]]
        await self._connection.execute(statement, columns)

    async def _copied(self, statement: bytes, cells: Sequence[Cell], rows: Any) -> None:
        async with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            cursor.adapters.register_dumper(None, TokensDumper)
            copy.set_types([cell.oid_type for cell in cells])
            for row in rows:
                await copy.write_row(row)

    async def _hold(self, changes: Changes) -> None:
        if not changes.held:
            return
        text = sql.SQL(
            "INSERT INTO {} (table_name, key, position, type, error) SELECT %s, * FROM unnest({}) ON CONFLICT DO NOTHING"
        )
        arrays = sql.SQL("%s::uuid[], %s::bigint[], %s::text[], %s::text[]")
        columns = [list(column) for column in zip(*changes.held, strict=True)]
        await self._connection.execute(text.format(self._quarantine, arrays), [changes.slot.table, *columns])

    async def _stored(self, slot: Slot, cursor: Any) -> Sequence[Stored]:
        if cursor is None:
            return ()
        read = self._statements(slot).layout.stored
        return [read(row) for row in await cursor.fetchall()]
