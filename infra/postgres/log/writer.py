"""The writer of one process and organisation: a queue in front of the log's lock."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import NamedTuple, Self

import psycopg
import structlog

from application.ports.log import Answer, Append, LogUnavailable, Watcher
from infra.postgres.log.appender import Appender, Result
from infra.postgres.log.clock import monotonic
from infra.postgres.log.deliveries import Deliveries
from infra.postgres.log.locked import HeldLog, held
from infra.postgres.log.pipe import ConnectionLost, Pipe
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

_BATCH = 512
_BATCH_ROWS = 4_000
_BATCH_BYTES = 8 << 20
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5
_LOOK_EVERY = 0.5


_log = structlog.get_logger(__name__)


class Waiting(NamedTuple):
    """A request in the queue, who waits for it, and until when (in the event loop's time)."""

    request: Request
    answer: asyncio.Future[Answer]
    deadline: float


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
    ) -> None:
        """`reached` is called, without delay, with each head that this process has committed.

        `own_clock` gives the microseconds of a clock that nobody sets: the database's must keep pace with it.
        """
        self._dsn = dsn
        self._organisation = organisation
        self._appender = Appender(organisation, reached, own_clock)
        self._queue: deque[Waiting] = deque()
        self._deliveries = Deliveries()
        self._arrived = asyncio.Event()
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
        self._arrived.set()
        if self._task is not None:
            await self._task
            self._task = None
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
        loop = asyncio.get_running_loop()
        waiting = Waiting(checked, loop.create_future(), loop.time() + PATIENCE)
        self._queue.append(waiting)
        self._arrived.set()
        return await waiting.answer

    @asynccontextmanager
    async def lock(self) -> AsyncIterator[HeldLog]:
        """Takes the log's lock for a decision that kept losing its guards; at most 5 s. Raises LogUnavailable."""
        async with self._turn, held(self._appender, self._connected) as log:
            yield log

    def watch(self, moved: Watcher) -> None:
        """Calls `moved` with the streams and versions that others have written, before any append is verified on them."""
        self._appender.watchers.append(moved)

    async def _serve(self) -> None:
        while self._open or self._queue:
            await self._arrived.wait()
            self._arrived.clear()
            while self._queue:
                # Half of those who were active lately make the next batch, and the database has work while the rest decide.
                while len(self._queue) < self._deliveries.pending:  # noqa: ASYNC110  (each turn hands out more)
                    await asyncio.sleep(0)
                async with self._turn:
                    await self._settle(self._next_batch())

    def _next_batch(self) -> list[Waiting]:
        batch: list[Waiting] = []
        rows = size = 0
        while self._queue and len(batch) < _BATCH:
            request = self._queue[0].request
            rows, size = rows + len(request.append.rows), size + request.size
            if batch and (rows > _BATCH_ROWS or size > _BATCH_BYTES):
                break
            batch.append(self._queue.popleft())
        return batch

    async def _settle(self, batch: Sequence[Waiting]) -> None:
        """Appends a batch, again and again while the database is away, until every request has its answer."""
        answers = {id(waiting.request): waiting.answer for waiting in batch}

        def deliver(request: Request, result: Result | LogUnavailable) -> None:
            self._deliveries.add(answers.pop(id(request)), result)

        self._overdue = asyncio.get_running_loop().call_later(OVERDUE - PATIENCE, self._watch_over, batch)
        pause = 0.0
        while left := [each.request for each in batch if id(each.request) in answers and not each.answer.done()]:
            try:
                await self._appender.append(await self._connected(), left, deliver)
            except (psycopg.Error, ConnectionLost, OSError) as error:
                self._give_up(batch, str(error))
                await asyncio.sleep(pause)
                pause = min(max(2 * pause, _FIRST_PAUSE), _LONGEST_PAUSE)
            except Exception as error:  # noqa: BLE001  (a fault of ours ends this batch, not the writer)
                _log.exception("the log's writer failed")
                await self._disconnect()
                for request in left:
                    if id(request) in answers:
                        deliver(request, LogUnavailable(f"the log's writer failed: {error!r}"))
        self._overdue.cancel()

    def _watch_over(self, batch: Sequence[Waiting]) -> None:
        """Answers what has waited too long for a database that is there and doesn't answer."""
        self._give_up(batch, "it doesn't answer", grace=OVERDUE - PATIENCE)
        self._overdue = asyncio.get_running_loop().call_later(_LOOK_EVERY, self._watch_over, batch)

    def _give_up(self, batch: Sequence[Waiting], reason: str, grace: float = 0) -> None:
        now = asyncio.get_running_loop().time()
        for waiting in (*batch, *self._queue):
            if waiting.deadline + grace <= now and not waiting.answer.done():
                waiting.answer.set_exception(LogUnavailable(f"the log can't be written now: {reason}"))
        while self._queue and self._queue[0].answer.done():
            self._queue.popleft()

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
