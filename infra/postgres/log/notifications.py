"""Telling other processes that the log has grown, and being told. A hint only: whoever waits polls as well."""

import asyncio

import psycopg
import structlog
from psycopg import AsyncConnection, AsyncRawCursor

from application.tasks import stopped
from infra.postgres.connections import StandingConnection
from infra.postgres.log.arrivals import Arrivals
from infra.postgres.log.pipe import ConnectionLost, Pipe, Statement
from infra.postgres.log.statements import channel, statement
from infra.postgres.migrations import OrganisationSchema

_log = structlog.get_logger(__name__)

_TELL_EVERY = 0.01
_PATIENCE = 10.0
_POLL_EVERY = 1.0
# A notification takes a lock of the whole server at its commit, and a flush of the disk that nobody needs.
_NOT_DURABLE = {"synchronous_commit": "off"}


class Notifier:
    """Tells on a connection of its own, after the commit, at most once in some milliseconds, how far the log has come."""

    def __init__(self, dsn: str, organisation: OrganisationSchema) -> None:
        self._connection = StandingConnection(dsn, "log notifier", settings=_NOT_DURABLE)
        self._channel = channel(organisation).encode()
        self._pipe: Pipe | None = None
        self._head = 0
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def reached(self, head: int) -> None:
        """Has it told soon. For the writer, once for each commit."""
        self._head = head
        self._news.set()

    def start(self) -> None:
        """Begins to tell."""
        self._task = asyncio.create_task(self._run(), name="log notifier")

    async def close(self) -> None:
        """Stops; what wasn't told yet is found by polling."""
        await stopped(self._task)
        if self._pipe is not None:
            await self._pipe.close()
        await self._connection.close()

    async def _run(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                pipe = await self._connected()
                await pipe.run([Statement(b"notify", (self._channel, str(self._head).encode()))])
            except (psycopg.Error, ConnectionLost) as error:
                _log.warning("a notification was lost", error=str(error))
                await self._connection.close()
            await asyncio.sleep(_TELL_EVERY)

    async def _connected(self) -> Pipe:
        if self._pipe is None or self._pipe.lost is not None:
            self._pipe = None
            pipe = Pipe(await self._connection.live(), _PATIENCE)
            await pipe.prepare({b"notify": b"SELECT pg_notify($1, $2)"})
            self._pipe = pipe
        return self._pipe


class Listener:
    """Listens on a connection of its own, which it opens again by itself, and asks every second as well."""

    def __init__(self, dsn: str, organisation: OrganisationSchema, arrivals: Arrivals) -> None:
        self._channel = channel(organisation)
        self._head = statement("newest", organisation)
        self._arrivals = arrivals
        self._connection = StandingConnection(dsn, "log listener", prepare=self._listen)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to listen."""
        self._task = asyncio.create_task(self._run(), name="log listener")

    async def close(self) -> None:
        """Stops listening."""
        await stopped(self._task)
        await self._connection.close()

    async def _run(self) -> None:
        while True:
            try:
                connection = await self._connection.live()
                await self._follow(connection)
            except psycopg.OperationalError as error:
                _log.warning("the log's listener lost its connection", error=str(error))
                await self._connection.close()

    async def _follow(self, connection: AsyncConnection) -> None:
        while True:
            async with AsyncRawCursor(connection) as cursor:
                await cursor.execute(self._head, (self._arrivals.head,), prepare=True)
                row = await cursor.fetchone()
            self._arrivals.reached(row[0] if row else 0)
            async for news in connection.notifies(timeout=_POLL_EVERY):
                self._arrivals.reached(int(news.payload))

    async def _listen(self, connection: AsyncConnection) -> None:
        await connection.execute(f'LISTEN "{self._channel}"')
