"""From a time to a position without reading the log: summed blocks say between which positions to look.

A time asks for the position before the first one that is later than it. What the log has come to never falls from one block to
the next, so an index finds the block with that position, and at most a block of the log is read. `recorded_at` never falls
either, and is looked up in the same way; so the log itself needs no index on times.
"""

from datetime import datetime
from typing import LiteralString, NamedTuple

import psycopg
from psycopg import AsyncRawCursor

from application.ports.log import LogUnavailable
from application.ports.moments import Moment, NotYet
from infra.postgres.connections import Connections
from infra.postgres.errors import DatabaseUnreachable
from infra.postgres.log.statements import statement
from infra.postgres.migrations import OrganisationSchema

BLOCK = 1_024
"""Positions that are summed in one row; the migration and the statements say the same number."""
KEPT = 1_000
"""Moments of positions that are remembered. They never change; whoever looks at the past asks of the same one again and again."""
AT_ONCE = 200 * BLOCK
"""Positions that one statement sums."""

_POSITION: LiteralString = "$1::bigint"
_BEFORE_THE_FIRST_LATER: LiteralString = """
    coalesce((
        SELECT min(e.position) - 1
        FROM (SELECT $1::timestamptz AS time) asked
        LEFT JOIN LATERAL (
            SELECT m.position FROM {schema}.moments m WHERE m.{summed} > asked.time ORDER BY m.{summed}, m.position LIMIT 1
        ) block ON true,
        LATERAL (
            SELECT e.position FROM {schema}.events e
            WHERE e.position > coalesce(block.position - 1024, summed.position)
                AND e.position <= coalesce(block.position, head.position) AND e.{column} > asked.time
        ) e
    ), head.position)
"""


class _Found(NamedTuple):
    """A row of moment.sql."""

    position: int
    head: int
    summed: int
    clock: datetime
    effective: datetime | None


class PostgresMoments:
    """Fulfils application.ports.moments.Moments for one organisation."""

    def __init__(self, connections: Connections, organisation: OrganisationSchema) -> None:
        self._connections = connections
        self._known: dict[int, Moment] = {}
        newest = statement("newest", organisation).decode().replace("$1::bigint", "summed.position")
        text = statement("moment", organisation).decode().replace("{newest}", newest)

        def looked(found: str) -> str:
            return text.replace("{found}", found)

        def time(summed: str, column: str) -> str:
            found = _BEFORE_THE_FIRST_LATER.replace("{summed}", summed).replace("{column}", column)
            return looked(found.replace("{schema}", organisation.quoted))

        self._at, self._recorded = looked(_POSITION), time("recorded", "recorded_at")
        self._effective = time("effective", "effective_at")
        self._sum = statement("sum_moments", organisation).decode()

    async def at(self, position: int) -> Moment:
        """Raises NotYet, LogUnavailable."""
        known = self._known.get(position)
        if known is not None:
            return known
        found = await self._found(self._at, str(position))
        if position > found.head:
            raise NotYet(f"The log has come to position {found.head}, not to {position}.")
        if len(self._known) >= KEPT:
            del self._known[next(iter(self._known))]
        self._known[position] = moment = Moment(position, found.effective)
        return moment

    async def recorded(self, time: datetime) -> Moment:
        """Raises NotYet, LogUnavailable."""
        return await self._of(self._recorded, time)

    async def effective(self, time: datetime) -> Moment:
        """Raises NotYet, LogUnavailable."""
        return await self._of(self._effective, time)

    async def keep(self) -> None:
        """Sums what was written since, so that whoever asks needn't. Raises LogUnavailable."""
        await self._found(self._at, "0")

    async def _of(self, text: str, time: datetime) -> Moment:
        found = await self._found(text, time.isoformat())
        if time > found.clock:
            raise NotYet(f"That time is still to come: it is {found.clock.isoformat()} now.")
        return Moment(found.position, found.effective, time)

    async def _found(self, text: str, value: str) -> _Found:
        try:
            async with self._connections.connection() as connection, AsyncRawCursor(connection) as cursor:
                while True:
                    await cursor.execute(text.encode(), (value,))
                    found = _Found(*(await cursor.fetchall())[0])
                    if found.head - found.summed < 2 * BLOCK:
                        return found
                    await cursor.execute(self._sum.encode(), (str(AT_ONCE),))
        except (psycopg.OperationalError, DatabaseUnreachable) as error:
            self._known.clear()  # the server that comes back may have been restored to an earlier state
            raise LogUnavailable(f"the log can't be read now: {error}") from error
