"""Large acts: their rows are sent to a staging table first, so that the log's lock is held for one INSERT … SELECT only."""

import asyncio
from collections.abc import Sequence

import psycopg
from psycopg import AsyncConnection

from application.ports.log import Answer, AppendRejected, LogUnavailable, NewRow
from infra.postgres.connections import application_conninfo
from infra.postgres.log import encoding
from infra.postgres.log.appender import Appender
from infra.postgres.log.pipe import ConnectionLost, Pipe
from infra.postgres.log.results import Result, answer_of
from infra.postgres.log.session import SETTINGS, prepared
from infra.postgres.log.statements import statement
from infra.postgres.log.verification import Request
from infra.postgres.migrations import OrganisationSchema

LONGEST = 5
"""Seconds that the log's lock may be held for a large act."""
_ROWS = 2_000
_BYTES = 8 << 20
_CHUNK = 1_000
_PAUSE = 0.5
# The lock gives up sooner than the statement, so that what takes too long is known by its error.
_SETTINGS = {**SETTINGS, "lock_timeout": f"{LONGEST - 1}s", "statement_timeout": f"{LONGEST}s"}


def is_large(request: Request) -> bool:
    """Whether a request is to be staged."""
    return len(request.append.rows) > _ROWS or request.size > _BYTES


class Staging:
    """Appends large acts, one after the other, on connections of their own."""

    def __init__(self, dsn: str, organisation: OrganisationSchema, appender: Appender, turn: asyncio.Lock) -> None:
        """`turn` is held while the log is appended to: whoever holds it may use the appender."""
        self._dsn = dsn
        self._organisation = organisation
        self._appender = appender
        self._turn = turn
        self._one_at_a_time = asyncio.Lock()

    async def append(self, request: Request, patience: float) -> Answer:
        """Stages and appends. Raises as the port's `append`; AppendRejected also for what would hold the lock too long."""
        loop = asyncio.get_running_loop()
        async with self._one_at_a_time:
            deadline = loop.time() + patience
            while True:
                try:
                    return await self._append(request)
                except psycopg.errors.QueryCanceled:
                    raise AppendRejected(f"writing {len(request.append.rows)} events at once took over {LONGEST} s") from None
                except (psycopg.Error, ConnectionLost, OSError) as error:
                    if loop.time() > deadline:
                        raise LogUnavailable(f"the log can't be written now: {error}") from error
                    await asyncio.sleep(_PAUSE)

    async def _append(self, request: Request) -> Answer:
        results: list[Result] = []
        pipe = await self._stage(request.append.rows)
        try:
            async with self._turn:
                await self._appender.append(pipe, [request], lambda _, result: results.append(result), staged=True)
        finally:
            await pipe.close()
        return answer_of(results[0])

    async def _stage(self, rows: Sequence[NewRow]) -> Pipe:
        """A connection in whose staging table the rows are."""
        conninfo = application_conninfo(self._dsn, "log staging", _SETTINGS)
        connection = await AsyncConnection.connect(conninfo, autocommit=True)
        try:
            await connection.execute(statement("staging", self._organisation))
        except BaseException:
            await connection.close()
            raise
        pipe = await prepared(connection, self._organisation, "stage", "insert_staged")
        try:
            for start in range(0, len(rows), _CHUNK):
                await pipe.run([encoding.stage(rows[start : start + _CHUNK], start)])
        except BaseException:
            await pipe.close()
            raise
        return pipe
