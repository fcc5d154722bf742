"""Comparing live and rebuilt tables as they were in one instant, without holding anybody up."""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import AsyncConnection

from infra.postgres.connections import StandingConnection
from infra.postgres.projections.tables import names
from projections.engine.rebuild import Difference
from projections.engine.store import Slot, StoreUnavailable


class PostgresSnapshot:
    """Fulfils projections.engine.rebuild.Snapshot."""

    def __init__(self, standing: StandingConnection, connection: AsyncConnection, schema: str, slots: Sequence[Slot]) -> None:
        self._standing, self._connection, self._schema, self._slots = standing, connection, schema, slots

    async def compare(self) -> Sequence[Difference]:
        """Compares whole rows, versions included."""
        found = [await self._difference(slot) for slot in self._slots]
        return [difference for difference in found if difference.live_only or difference.rebuilt_only]

    async def close(self) -> None:
        """Ends the snapshot."""
        await self._standing.close()

    async def _difference(self, slot: Slot) -> Difference:
        counts = [0, 0]
        pairs = zip(
            names(slot.model.table, history=slot.model.history), names(slot.table, history=slot.model.history), strict=True
        )
        for live, rebuilt in pairs:
            for number, (one, other) in enumerate(((live, rebuilt), (rebuilt, live))):
                counts[number] += await self._count(one, other)
        return Difference(slot.model.name, *counts)

    async def _count(self, one: str, other: str) -> int:
        schema = self._schema
        text = f'SELECT count(*) FROM (SELECT * FROM {schema}."{one}" EXCEPT ALL SELECT * FROM {schema}."{other}") d'  # noqa: S608
        try:
            cursor = await self._connection.execute(text.encode())
        except psycopg.OperationalError as error:
            raise StoreUnavailable(f"the comparison broke off: {error}") from error
        row: Any = await cursor.fetchone()
        return int(row[0])
