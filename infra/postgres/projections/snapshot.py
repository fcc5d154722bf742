"""Comparing live and rebuilt tables as they were in one instant, without holding anybody up."""

from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
from psycopg import AsyncConnection

from infra.postgres.connections import StandingConnection
from infra.postgres.projections.layout import SINCE, UNTIL, layout
from infra.postgres.projections.tables import names
from projections.engine.beside import Difference
from projections.engine.store import Slot, StoreUnavailable


class PostgresSnapshot:
    """Fulfils projections.engine.beside.Snapshot."""

    def __init__(self, standing: StandingConnection, connection: AsyncConnection, schema: str, slots: Sequence[Slot]) -> None:
        self._standing, self._connection, self._schema, self._slots = standing, connection, schema, slots

    async def compare(self, position: int | None = None) -> Sequence[Difference]:
        """Compares whole rows, versions included: with what the live tables hold now, or with what they keep of a position."""
        slots = [slot for slot in self._slots if position is None or slot.model.history]
        found = [await self._difference(slot, position) for slot in slots]
        return [difference for difference in found if difference.live_only or difference.rebuilt_only]

    async def close(self) -> None:
        """Ends the snapshot."""
        await self._standing.close()

    async def _difference(self, slot: Slot, position: int | None) -> Difference:
        counts = [0, 0]
        for live, rebuilt in self._pairs(slot, position):
            for number, (one, other) in enumerate(((live, rebuilt), (rebuilt, live))):
                counts[number] += await self._count(one, other)
        return Difference(slot.model.name, *counts)

    def _pairs(self, slot: Slot, position: int | None) -> Iterator[tuple[str, str]]:
        """What is to be the same, as queries: rows, and then versions."""
        history, table = slot.model.history, f'{self._schema}."{slot.model.table}"'
        rebuilt = [f'SELECT * FROM {self._schema}."{name}"' for name in names(slot.table, history=history)]  # noqa: S608
        if position is None:
            live = [f'SELECT * FROM {self._schema}."{name}"' for name in names(slot.model.table, history=history)]  # noqa: S608
        else:
            past = f'{self._schema}."{slot.model.table}_history"'
            columns = ", ".join(f'"{cell.name}"' for cell in layout(slot.model).cells)
            then = f"{SINCE} <= {position}"
            rows = f"SELECT {columns} FROM {table} WHERE {then}"  # noqa: S608
            rows += f" UNION ALL SELECT {columns} FROM {past} WHERE {then} AND {UNTIL} > {position}"  # noqa: S608
            live = [rows, f"SELECT * FROM {past} WHERE {UNTIL} <= {position}"]  # noqa: S608
        yield from zip(live, rebuilt, strict=True)

    async def _count(self, one: str, other: str) -> int:
        text = f"SELECT count(*) FROM (({one}) EXCEPT ALL ({other})) d"  # noqa: S608
        try:
            cursor = await self._connection.execute(text.encode())
        except psycopg.OperationalError as error:
            raise StoreUnavailable(f"the comparison broke off: {error}") from error
        row: Any = await cursor.fetchone()
        return int(row[0])
