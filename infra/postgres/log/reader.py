"""Reading the log: by position and by stream, a page and a statement at a time."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg import AsyncRawCursor

from application.ports.log import LogUnavailable, Row
from infra.postgres.connections import Connections
from infra.postgres.errors import DatabaseUnreachable
from infra.postgres.log.arrivals import Arrivals
from infra.postgres.log.recent import Recent
from infra.postgres.log.rows import by_stream, make_row
from infra.postgres.log.session import times_as_integers
from infra.postgres.log.statements import statement
from infra.postgres.migrations import OrganisationSchema

_LAST_POSITION = 2**63 - 1


class PostgresLogReader:
    """Reads the log of one organisation through the process's pool. Fulfils the port LogReader.

    No transaction stays open between reads. Every read raises LogUnavailable while the database can't be reached.
    """

    def __init__(
        self, connections: Connections, organisation: OrganisationSchema, arrivals: Arrivals, recent: Recent | None = None
    ) -> None:
        """`recent` has what this process wrote last."""
        self._recent = recent or Recent()
        self._connections = connections
        self._arrivals = arrivals
        self._head, self._page, self._part, self._streams = (
            statement(name, organisation).decode() for name in ("newest", "page", "part", "streams")
        )

    async def head(self) -> int:
        """The last position; 0 for an empty log."""
        async with self._cursor() as cursor:
            await cursor.execute(self._head, (self._arrivals.head,), prepare=True, binary=True)
            (head,) = await cursor.fetchone() or (0,)
        self._arrivals.reached(head)
        return int(head)

    async def read(self, after: int, limit: int, upto: int | None = None) -> list[Row]:
        """At most `limit` rows with positions after one, in order."""
        # There are no gaps, so these are all; and what a large act hasn't committed yet isn't walked over to its end.
        last = min(after + limit, _LAST_POSITION)
        return await self._rows(self._page, (after, last if upto is None else min(upto, last), limit))

    async def news(self, after: int, limit: int) -> list[Row]:
        """As `read`; what this process has just written itself comes from memory."""
        return self._recent.read(after, limit) or await self.read(after, limit)

    def at_hand(self, after: int, limit: int) -> list[Row]:
        """What this process has just written itself, from memory."""
        return self._recent.read(after, limit) or []

    async def part(
        self,
        after: int,
        limit: int,
        upto: int,
        digits: str,
        everywhere: Collection[str],
        wanted: Collection[str],
        others: Collection[str],
    ) -> list[Row]:
        """As `read`, but only rows of types `everywhere`, and, of streams that end with one of these digits, all but `others`.

        What is neither wanted nor among the others is of a type that this release doesn't know. `wanted` are looked for first:
        they are few.
        """
        return await self._rows(self._part, (after, upto, limit, list(digits), list(everywhere), list(wanted), list(others)))

    async def streams(self, names: Collection[str]) -> dict[str, list[Row]]:
        """The rows of each stream in order; an absent stream has none."""
        distinct = list(dict.fromkeys(names))
        return by_stream(distinct, await self._rows(self._streams, (distinct,)))

    async def wait(self, after: int, seconds: float) -> bool:
        """Waits until the log has gone past a position, at most so many seconds; whether it has."""
        return await self._arrivals.past(after, seconds)

    async def _rows(self, text: str, parameters: Sequence[Any]) -> list[Row]:
        async with self._cursor() as cursor:
            times_as_integers(cursor)
            cursor.row_factory = lambda _: make_row
            await cursor.execute(text, parameters, prepare=True, binary=True)
            return await cursor.fetchall()

    @asynccontextmanager
    async def _cursor(self) -> AsyncIterator[AsyncRawCursor[Any]]:
        try:
            async with self._connections.connection() as connection, AsyncRawCursor(connection) as cursor:
                yield cursor
        except (psycopg.OperationalError, DatabaseUnreachable) as error:
            raise LogUnavailable(f"the log can't be read now: {error}") from error
