"""The writer's connection: its settings, its prepared statements, and the types that it reads."""

from typing import Any

import psycopg
from psycopg import AsyncConnection, pq
from psycopg.abc import AdaptContext
from psycopg.adapt import Transformer
from psycopg.types.numeric import Int8BinaryLoader

from infra.postgres.connections import application_conninfo
from infra.postgres.log.pipe import Pipe
from infra.postgres.log.statements import statement
from infra.postgres.migrations import OrganisationSchema

_PATIENCE = 15.0
"""Seconds after which a connection that doesn't answer counts as lost: longer than any time-out of the server's."""
SETTINGS = {
    # Every look-up goes by an index, whatever the statistics said when the statement was planned.
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "lock_timeout": "8s",
    "statement_timeout": "10s",
    # A process that hangs while it holds the lock loses it.
    "idle_in_transaction_session_timeout": "10s",
}
_STATEMENTS = (
    "begin", "lock", "append", "look", "tail", "changed", "newest", "head", "outcomes", "versions", "written", "insert_events",
    "insert_commands", "insert_keys", "streams", "track",
)  # fmt: skip
# What is answered as written must survive a crash, even where the server is set up otherwise; a stronger setting stays.
_DURABLE = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"


async def open_session(dsn: str, organisation: OrganisationSchema) -> Pipe:
    """Connects. Raises psycopg.Error, ConnectionLost."""
    connection = await AsyncConnection.connect(application_conninfo(dsn, "log writer", SETTINGS), autocommit=True)
    return await prepared(connection, organisation)


async def prepared(
    connection: AsyncConnection[Any], organisation: OrganisationSchema, *more: str, patience: float = _PATIENCE
) -> Pipe:
    """A pipe on a connection, with the log's statements prepared; the connection's own cursors can't be used any more.

    `more` names further statements; a group unanswered for `patience` seconds counts as lost.
    Closes the connection where that fails.
    """
    try:
        await connection.execute(_DURABLE)
    except BaseException:
        await connection.close()
        raise
    times_as_integers(connection)
    pipe = Pipe(connection, patience)
    statements = {name.encode(): statement(name, organisation) for name in (*_STATEMENTS, *more)}
    try:
        await pipe.prepare({**statements, b"commit": b"COMMIT", b"rollback": b"ROLLBACK"})
    except BaseException:
        await pipe.close()
        raise
    return pipe


def times_as_integers(context: AdaptContext) -> None:
    """Lets a connection, or a cursor, read times as they are sent: in microseconds since 2000."""
    context.adapters.register_loader("timestamptz", Int8BinaryLoader)


def tuples(pipe: Pipe, result: pq.abc.PGresult) -> list[tuple[Any, ...]]:
    """The rows of a result, in Python's types."""
    transformer = Transformer(pipe.connection)
    transformer.set_pgresult(result, format=pq.Format.BINARY)
    return transformer.load_rows(0, result.ntuples, tuple)


def is_unavailable(error: psycopg.Error) -> bool:
    """Whether the database as such can't be used now, so that the fault isn't in what was asked of it."""
    state = error.sqlstate or ""
    return state[:2] in {"08", "40", "53", "57", "58", "F0"} or state in {"25006", "25P03", "55P03"} or not state
