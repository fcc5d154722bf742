"""The writer of one process and organisation: a queue in front of the log's lock."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from time import perf_counter
from types import TracebackType
from typing import Self

import psycopg
import structlog

from application.counts import Spread
from application.ports.log import Answer, Append, LogUnavailable, Watcher
from infra.postgres.log.act import StagedAct, staged_act
from infra.postgres.log.appender import Appender
from infra.postgres.log.clock import monotonic
from infra.postgres.log.locked import HeldLog, held
from infra.postgres.log.pipe import ConnectionLost, Pipe
from infra.postgres.log.queue import Batch, Queue
from infra.postgres.log.recent import Recent
from infra.postgres.log.session import open_session
from infra.postgres.log.staging import Staging, is_large
from infra.postgres.log.verification import Request
from infra.postgres.migrations import OrganisationSchema

PATIENCE = 5.0
"""Seconds for which a request waits for a database that can't be reached."""
OVERDUE = 10.0
"""Seconds after which a request isn't waited for any longer, whatever the database is doing."""
LONGEST_QUEUE = 10_000
"""Requests that wait at once."""

_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5
_LOOK_EVERY = 0.5

_log = structlog.get_logger(__name__)


class PostgresLogWriter:
    """Appends to the log of one organisation, many requests per commit. Fulfils the port LogWriter.

    The batches take turns with decisions under the lock and with large acts; all know the same of the log. While the database is
    away, requests wait for some seconds and then end with LogUnavailable; the writer connects again by itself.
    """

    def __init__(
        self,
        dsn: str,
        organisation: OrganisationSchema,
        reached: Callable[[int], None],
        own_clock: Callable[[], int] = monotonic,
        recent: Recent | None = None,
    ) -> None:
        """`reached` is called, without delay, with each head that this process has committed; `recent` is told the rows.

        `own_clock` gives the microseconds of a clock that nobody sets: the database's must keep pace with it.
        """
        self._dsn = dsn
        self._organisation = organisation
        self._appender = Appender(organisation, reached, recent or Recent(), own_clock)
        self._queue = Queue()
        self.sizes, self.seconds = Spread(_SIZES), Spread(_SECONDS)
        self._turn = asyncio.Lock()
        self._staging = Staging(dsn, organisation, self._appender, self._turn)
        self._pipe: Pipe | None = None
        self._task: asyncio.Task[None] | None = None
        self._open = False

    async def start(self) -> None:
        """Connects, if the database is there already, and begins to serve."""
        self._open = True
        with suppress(psycopg.OperationalError, ConnectionLost, OSError):
            await self._appender.start(await self._connected())
        self._task = asyncio.create_task(self._serve(), name=f"log writer of {self._organisation.name}")

    async def close(self) -> None:
        """Writes what is queued, within the time that requests may wait, and disconnects."""
        self._open = False
        self._queue.arrived.set()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=PATIENCE)
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        self._queue.clear("the log's writer is stopped")
        await self._disconnect()

    async def append(self, request: Append) -> Answer:
        """Queues a request and answers when it is durable, or why it isn't. The port says what is raised."""
        checked = Request.of(request)
        if not self._open:
            raise LogUnavailable("the log's writer is stopped")
        if is_large(checked):
            return await self._staging.append(checked, PATIENCE)
        if len(self._queue) >= LONGEST_QUEUE:
            raise LogUnavailable(f"{LONGEST_QUEUE} requests are waiting for the log already")
        return await self._queue.put(checked, PATIENCE)

    @asynccontextmanager
    async def lock(self) -> AsyncIterator[HeldLog]:
        """Takes the log's lock for a decision that kept losing its guards; at most 5 s. Raises LogUnavailable."""
        async with self._turn, held(self._appender, self._connected) as log:
            yield log

    def stage(self, seconds: float) -> AbstractAsyncContextManager[StagedAct]:
        """Begins a large act that needn't fit into memory; the log's lock may be held so long for it. Raises LogUnavailable."""
        return staged_act(self._dsn, self._organisation, self._appender, self._turn, seconds)

    def watch(self, moved: Watcher) -> None:
        """Calls `moved` with the streams and versions that others have written, before any append is verified on them."""
        self._appender.watchers.append(moved)

    async def _serve(self) -> None:
        while self._open or self._queue:
            await self._queue.arrived.wait()
            self._queue.arrived.clear()
            while self._queue:
                async with self._turn:
                    await self._settle(await self._queue.batch())

    async def _settle(self, batch: Batch) -> None:
        """Appends a batch, again and again while the database is away, until every request has its answer."""
        begun = perf_counter()
        self._overdue = asyncio.get_running_loop().call_later(OVERDUE - PATIENCE, self._watch_over, batch)
        try:
            await self._append_patiently(batch)
            took = perf_counter() - begun
            self._queue.took(took)
            self.sizes.add(len(batch.waiting))
            self.seconds.add(took)
        finally:
            self._overdue.cancel()
            batch.abandon("the log's writer was stopped before it had an answer")

    async def _append_patiently(self, batch: Batch) -> None:
        pause = 0.0
        while left := batch.left():
            try:
                await self._appender.append(await self._connected(), left, batch.deliver)
            except (psycopg.Error, ConnectionLost, OSError) as error:
                self._queue.give_up(batch, str(error))
                await asyncio.sleep(pause)
                pause = min(max(2 * pause, _FIRST_PAUSE), _LONGEST_PAUSE)
            except Exception as error:  # noqa: BLE001  (a fault of ours ends this batch, not the writer)
                _log.exception("the log's writer failed")
                await self._disconnect()
                batch.abandon(f"the log's writer failed: {error!r}")

    def _watch_over(self, batch: Batch) -> None:
        """Answers what has waited too long for a database that is there and doesn't answer."""
        self._queue.give_up(batch, "it doesn't answer", grace=OVERDUE - PATIENCE)
        self._overdue = asyncio.get_running_loop().call_later(_LOOK_EVERY, self._watch_over, batch)

    async def _connected(self) -> Pipe:
        if self._pipe is None or self._pipe.lost is not None:
            await self._disconnect()
            self._pipe = await open_session(self._dsn, self._organisation)
        return self._pipe

    async def _disconnect(self) -> None:
        if self._pipe is not None:
            await self._pipe.close()
            self._pipe = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()
