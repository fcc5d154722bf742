"""Large acts that needn't fit into memory: rows and keys are sent as they come, and written under the lock when all are there."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg import AsyncConnection

from application.ports.log import (
    CONTEXT_LIMIT,
    PAYLOAD_LIMIT,
    Answer,
    Append,
    AppendRejected,
    CommandKey,
    LogUnavailable,
    Moved,
    NewKey,
    NewRow,
    Unmoved,
)
from infra.postgres.connections import application_conninfo
from infra.postgres.log import encoding
from infra.postgres.log.appender import Appender
from infra.postgres.log.pipe import ConnectionLost, Pipe
from infra.postgres.log.results import answer_of
from infra.postgres.log.session import SETTINGS, prepared
from infra.postgres.log.statements import statement
from infra.postgres.log.verification import LARGEST_ACT, Request
from infra.postgres.migrations import OrganisationSchema

CHUNK = 1_000


class StagedAct:
    """Fulfils the port Staged, on a connection of its own."""

    def __init__(self, pipe: Pipe, appender: Appender, turn: asyncio.Lock, seconds: float) -> None:
        self._pipe, self._appender, self._turn, self._seconds = pipe, appender, turn, seconds
        self._rows = 0

    async def add(self, rows: Sequence[NewRow], keys: Sequence[NewKey] = ()) -> None:
        """Sends them to the staging tables."""
        if self._rows + len(rows) > LARGEST_ACT:
            raise AppendRejected(f"more than {LARGEST_ACT:,} events can't be appended at once")
        for row in rows:
            if len(row.payload) > PAYLOAD_LIMIT or len(row.context) > CONTEXT_LIMIT:
                raise AppendRejected(f"{row.type}: payload or context is too large")
        try:
            for start in range(0, len(rows), CHUNK):
                await self._pipe.run([encoding.stage(rows[start : start + CHUNK], self._rows + start)])
            if keys:
                await self._pipe.run([encoding.stage_keys(keys)])
        except (psycopg.Error, ConnectionLost) as error:
            raise LogUnavailable(f"the log can't be written now: {error}") from error
        self._rows += len(rows)

    async def append(self, command: CommandKey, guards: Mapping[str, int], unmoved: Unmoved) -> Answer:
        """In one transaction, under the log's lock."""
        staged: Any = range(self._rows)  # they lie in the staging table; here only their number counts
        request = Request(Append(rows=staged, guards=guards, command=command), {}, 0)
        try:
            async with self._turn:
                return answer_of(await self._appender.append_staged(self._pipe, request, unmoved))
        except (psycopg.errors.UniqueViolation, psycopg.errors.DeadlockDetected):
            return Moved(frozenset())
        except psycopg.errors.QueryCanceled:
            raise AppendRejected(f"writing {self._rows:,} events at once took over {self._seconds:g} s") from None
        except (psycopg.Error, ConnectionLost, OSError) as error:
            raise LogUnavailable(f"the log can't be written now: {error}") from error


@asynccontextmanager
async def staged_act(
    dsn: str, organisation: OrganisationSchema, appender: Appender, turn: asyncio.Lock, seconds: float
) -> AsyncIterator[StagedAct]:
    """A large act for as long as the block; what it hasn't appended by then is gone. Raises LogUnavailable."""
    limits = {"lock_timeout": f"{seconds:g}s", "statement_timeout": f"{seconds:g}s"}
    conninfo = application_conninfo(dsn, "log staging", {**SETTINGS, **limits})
    try:
        connection = await AsyncConnection.connect(conninfo, autocommit=True)
        try:
            for name in ("staging", "staging_keys"):
                await connection.execute(statement(name, organisation))
        except BaseException:
            await connection.close()
            raise
        more = ("stage", "stage_keys", "insert_staged", "insert_staged_keys", "unmoved")
        pipe = await prepared(connection, organisation, *more, patience=seconds + 10)
    except (psycopg.Error, ConnectionLost, OSError) as error:
        raise LogUnavailable(f"the log can't be written now: {error}") from error
    try:
        yield StagedAct(pipe, appender, turn, seconds)
    finally:
        await pipe.close()
