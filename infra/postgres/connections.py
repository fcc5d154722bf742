"""How the application connects: one pool per process, and connections of their own for listeners and lock holders."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from application.tasks import stopped
from infra.postgres.errors import DatabaseUnreachable
from infra.postgres.roles import APPLICATION_ROLE

ALWAYS: Mapping[str, str] = {
    "role": APPLICATION_ROLE,
    "TimeZone": "UTC",
    "jit": "off",
    "idle_in_transaction_session_timeout": "30s",
}
"""Settings of every connection of the application."""

FOR_READS: Mapping[str, str] = {"plan_cache_mode": "force_generic_plan", "statement_timeout": "30s"}
"""Settings of the pool: its statements are few, prepared and repeated, and planning them would cost more than they do."""

_CONNECT_TIMEOUT = 5
# A prepared statement of the read side takes about 350 KB of the server's memory, on every connection.
_PREPARED_STATEMENTS = 64
_LONGEST_BACKOFF = 2.0


def application_conninfo(dsn: str, name: str, settings: Mapping[str, str]) -> str:
    """The DSN with our settings as start-up options, after those that it has itself. Needs a direct connection, not a pooler."""
    given = conninfo_to_dict(dsn)
    options = " ".join(f"-c {setting}={_escaped(value)}" for setting, value in {**ALWAYS, **settings}.items())
    return make_conninfo(
        dsn,
        options=f"{given.get('options', '')} {options}".strip(),
        application_name=f"onrecord {name}",
        connect_timeout=given.get("connect_timeout", _CONNECT_TIMEOUT),
        keepalives_idle=30,
        tcp_user_timeout=15_000,
    )


class Connections:
    """The pool of a process. Its connections are in autocommit mode: a transaction is begun where one is wanted."""

    def __init__(self, dsn: str, *, size: int = 8, settings: Mapping[str, str] = FOR_READS) -> None:
        self._pool = AsyncConnectionPool(
            application_conninfo(dsn, "pool", settings),
            min_size=1,
            max_size=size,
            open=False,
            timeout=10,
            reconnect_timeout=10,
            kwargs={"autocommit": True, "prepare_threshold": 2},
            configure=_limit_prepared_statements,
            name="onrecord",
        )
        self._mending: asyncio.Task[None] | None = None

    async def open(self, within: float = _CONNECT_TIMEOUT) -> None:
        """Connects. Raises DatabaseUnreachable if that fails for so many seconds."""
        await self._pool.open()
        try:
            await self._pool.wait(timeout=within)
        except PoolTimeout:
            await self._pool.close()
            raise DatabaseUnreachable("The database didn't accept a connection in time.") from None

    async def close(self) -> None:
        """Closes all connections; waits for those in use."""
        await stopped(self._mending)
        await self._pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """A connection for a short while. Raises DatabaseUnreachable if none is to be had within ten seconds.

        An error of a lost connection reaches the caller as psycopg.OperationalError; since the server has most likely been
        restarted, the idle connections are then checked and replaced in the background, so that each doesn't fail once as well.
        """
        connection = await self._taken()
        try:
            yield connection
        except psycopg.OperationalError:
            if connection.broken and (self._mending is None or self._mending.done()):
                self._mending = asyncio.create_task(self._pool.check())
            raise
        finally:
            await self._pool.putconn(connection)

    async def _taken(self) -> AsyncConnection:
        task = asyncio.current_task()
        cancelled = task.cancelling() if task else 0
        try:
            connection = await self._pool.getconn()
        except PoolTimeout:
            raise DatabaseUnreachable("The database has no connection for us at present.") from None
        if task and task.cancelling() > cancelled:
            # Python 3.11's asyncio.wait_for, which the pool waits with, loses a cancellation that comes together with a
            # connection; whoever asked the task to stop would wait for ever.
            await self._pool.putconn(connection)
            raise asyncio.CancelledError
        return connection

    def statistics(self) -> Mapping[str, int]:
        """Counters of the pool, for metrics."""
        return self._pool.get_stats()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()


class StandingConnection:
    """One autocommit connection of its own, for a listener, a follower or a writer; opened anew when it was lost.

    For one task at a time. `prepare` is run on every new connection: to LISTEN again, or to take a lock again. A loss is found by
    the statement that fails, never hidden: what the connection held (locks, listening) is gone, and the caller must know.
    """

    def __init__(
        self,
        dsn: str,
        name: str,
        prepare: Callable[[AsyncConnection], Awaitable[None]] | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._conninfo = application_conninfo(dsn, name, settings or {})
        self._prepare = prepare
        self._connection: AsyncConnection | None = None

    async def live(self) -> AsyncConnection:
        """The connection, or a new one if it was lost: tried until it succeeds, with growing pauses of up to two seconds."""
        pause = 0.05
        while True:
            try:
                return await self.once()
            except psycopg.OperationalError:
                await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 (spreads the clients, nothing secret)
                pause = min(2 * pause, _LONGEST_BACKOFF)

    async def once(self) -> AsyncConnection:
        """The connection, or a new one tried for once. Raises psycopg.OperationalError."""
        if self._connection is not None and not self._connection.closed:
            return self._connection
        connection = await AsyncConnection.connect(self._conninfo, autocommit=True)
        try:
            await _limit_prepared_statements(connection)
            if self._prepare is not None:
                await self._prepare(connection)
        except BaseException:
            await connection.close()
            raise
        self._connection = connection
        return connection

    async def close(self) -> None:
        """Closes it. It may be opened again."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()


async def _limit_prepared_statements(connection: AsyncConnection) -> None:
    connection.prepared_max = _PREPARED_STATEMENTS


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace(" ", "\\ ")
