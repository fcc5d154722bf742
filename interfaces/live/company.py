"""Who takes part in a channel now, for what is shown to those only: read once for all, and again when it may have changed."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from uuid import UUID

import orjson

from application.ports.log import Row
from application.ports.reading import Queries
from application.tasks import stopped
from interfaces.graphql.compiler.rows import Rows, Tables
from interfaces.graphql.documents import Bounded
from projections.engine.decoding import feeding
from projections.engine.members import Declared
from projections.engine.progress import tables

CHANNELS = 10_000
"""Channels whose people are remembered."""

Members = asyncio.Task[frozenset[UUID]]


class Company:
    """The people of channels. `version` grows whenever who takes part somewhere may have changed."""

    def __init__(
        self, source: Tables, queries: Queries, sql: str, level: Callable[[Collection[Declared]], Awaitable[None]]
    ) -> None:
        """`sql` answers the people of the channel `$1` as a JSON list; `level` waits until its tables show all."""
        rows = Rows(source)
        self.sql, self.queries, self.level = rows.headed(rows.expand(sql, "")), queries, level
        self.models = rows.models
        self.events = feeding(tables(rows.models))
        self.version = 0
        self.known: Bounded[UUID, tuple[int, Members]] = Bounded(CHANNELS)

    def happened(self, rows: Sequence[Row]) -> bool:
        """Notes what the log says; whether who takes part somewhere may have changed."""
        moved = any(row.type in self.events for row in rows)
        self.version += moved
        return moved

    async def of(self, channel: UUID) -> frozenset[UUID]:
        """The people of a channel, active ones only. Raises ReadUnavailable, ReadTooLong, NotReached, StoreUnavailable."""
        known = self.known.get(channel)
        if known is None or known[0] != self.version or (known[1].done() and (known[1].cancelled() or known[1].exception())):
            known = self.version, asyncio.create_task(self._read(channel))
            self.known.put(channel, known)
        return await asyncio.shield(known[1])

    async def _read(self, channel: UUID) -> frozenset[UUID]:
        await self.level(self.models)
        found = orjson.loads(await self.queries.value(self.sql, [str(channel)]) or "[]")
        return frozenset(map(UUID, found))

    async def close(self) -> None:
        """Ends what is being read."""
        for _, task in list(self.known.entries.values()):
            if not task.done():
                await stopped(task)
