"""Comparing live and rebuilt tables as they were in one instant, without holding anybody up."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import psycopg
from psycopg import AsyncConnection

from infra.postgres.connections import StandingConnection
from infra.postgres.projections.layout import SINCE, UNTIL, layout
from infra.postgres.projections.tables import names
from projections.engine.beside import Difference
from projections.engine.store import Slot, StoreUnavailable

NOWHERE: Mapping[Slot, int] = MappingProxyType({})


class PostgresSnapshot:
    """Fulfils projections.engine.beside.Snapshot."""

    def __init__(self, standing: StandingConnection, connection: AsyncConnection, schema: str, slots: Sequence[Slot]) -> None:
        self._standing, self._connection, self._schema, self._slots = standing, connection, schema, slots

    async def compare(self, ahead: Mapping[Slot, int] = NOWHERE, *, upto: int | None = None) -> Sequence[Difference]:
        """Compares whole rows, versions included. Of what was rebuilt `ahead` of the live rows, its state as of where they are
        counts; of the live rows, where `upto` is given, theirs as of that position."""
        found = [await self._difference(slot, ahead.get(slot), upto) for slot in self._slots]
        return [difference for difference in found if difference.live_only or difference.rebuilt_only]

    async def close(self) -> None:
        """Ends the snapshot."""
        await self._standing.close()

    async def _difference(self, slot: Slot, ahead: int | None, upto: int | None) -> Difference:
        counts = [0, 0]
        if slot.model.history or (ahead is None and upto is None):
            sides = zip(self._side(slot, slot.model.table, upto), self._side(slot, slot.table, ahead), strict=True)
            for live, rebuilt in sides:
                for number, (one, other) in enumerate(((live, rebuilt), (rebuilt, live))):
                    counts[number] += await self._count(one, other)
        return Difference(slot.model.name, *counts)

    def _side(self, slot: Slot, table: str, position: int | None) -> Sequence[str]:
        """What is to be the same, as queries: rows, and then versions."""
        tables = [f'{self._schema}."{name}"' for name in names(table, history=slot.model.history)]
        if position is None:
            return [f"SELECT * FROM {name}" for name in tables]  # noqa: S608
        now, past = tables
        columns = ", ".join(f'"{cell.name}"' for cell in layout(slot.model).cells)
        then = f"{SINCE} <= {position}"
        rows = f"SELECT {columns} FROM {now} WHERE {then}"  # noqa: S608
        rows += f" UNION ALL SELECT {columns} FROM {past} WHERE {then} AND {UNTIL} > {position}"  # noqa: S608
        return [rows, f"SELECT * FROM {past} WHERE {UNTIL} <= {position}"]  # noqa: S608

    async def _count(self, one: str, other: str) -> int:
        text = f"SELECT count(*) FROM (({one}) EXCEPT ALL ({other})) d"  # noqa: S608
        try:
            cursor = await self._connection.execute(text.encode())
        except psycopg.OperationalError as error:
            raise StoreUnavailable(f"the comparison broke off: {error}") from error
        row: Any = await cursor.fetchone()
        return int(row[0])
