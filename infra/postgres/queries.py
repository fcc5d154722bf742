"""Runs compiled reads on the pool: prepared, in one round trip, with parameters sent as text."""

from collections.abc import Sequence
from functools import lru_cache
from typing import cast

import psycopg
from psycopg import AsyncRawCursor

from application.ports.reading import ReadTooLong, ReadUnavailable, SqlValue
from infra.postgres.connections import Connections
from infra.postgres.errors import DatabaseUnreachable

LONGEST_PREPARED = 60_000
"""Characters of the longest statement that a connection keeps prepared. What is longer is asked seldom, takes the server more
memory than it saves time (about 100 bytes for each character), and would take it on every connection."""


class PooledQueries:
    """Fulfils application.ports.reading.Queries."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def value(self, sql: str, values: Sequence[SqlValue]) -> str | None:
        """The text in the first column of the only row."""
        try:
            async with self._connections.connection() as connection:
                cursor = AsyncRawCursor(connection)
                keep = None if len(sql) <= LONGEST_PREPARED else False
                await cursor.execute(_encoded(sql), values, prepare=keep)
                row = await cursor.fetchone()
        except psycopg.errors.QueryCanceled:
            raise ReadTooLong from None
        except (DatabaseUnreachable, psycopg.OperationalError, psycopg.errors.UndefinedTable):
            # Tables of read models are absent until a follower of this release has made them.
            raise ReadUnavailable from None
        return None if row is None else cast(str | None, row[0])


@lru_cache(2_000)
def _encoded(sql: str) -> bytes:
    """The same bytes each time: psycopg finds its prepared statement by their hash, which long ones keep once it is known."""
    return sql.encode()
