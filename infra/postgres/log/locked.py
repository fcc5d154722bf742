"""The log while its lock is held, for a decision that kept losing its guards."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager

import psycopg

from application.ports.log import Answer, Append, AppendRejected, LogUnavailable, Row
from infra.postgres.log import arrays
from infra.postgres.log.appender import Appender
from infra.postgres.log.pipe import ConnectionLost, Pipe, Statement
from infra.postgres.log.results import answer_of
from infra.postgres.log.rows import by_stream, rows_of
from infra.postgres.log.verification import Request

LONGEST = 5.0
"""Seconds for which a decision may hold the log's lock."""


class HeldLog:
    """The log under its lock, until something is written or the end. Fulfils the port Locked."""

    def __init__(self, appender: Appender, pipe: Pipe) -> None:
        self._appender = appender
        self._pipe = pipe
        self._held = True

    async def streams(self, names: Collection[str]) -> dict[str, list[Row]]:
        """The rows of each stream in order; an absent stream has none."""
        self._check()
        with _unavailable():
            (result,) = await self._pipe.run([Statement(b"streams", (arrays.texts(list(dict.fromkeys(names))),))])
        return by_stream(names, rows_of(self._pipe, result))

    async def track(self, follower: str, position: int) -> bool:
        """Moves a follower of the library on, with what is appended next; False if it is as far already."""
        self._check()
        with _unavailable():
            (result,) = await self._pipe.run([Statement(b"track", (follower.encode(), arrays.int8(position)))])
        return result.ntuples == 1

    async def append(self, request: Append) -> Answer:
        """Appends, commits and lets go of the lock; holds it on where nothing was written. Raises as the port's `append`."""
        self._check()
        checked = Request.of(request)
        self._held = False
        with _unavailable():
            result, self._held = await self._appender.append_held(self._pipe, checked)
        return answer_of(result)

    async def end(self) -> None:
        """Lets go of the lock."""
        if self._held and self._pipe.lost is None:
            self._held = False
            await self._appender.release(self._pipe)

    def _check(self) -> None:
        if not self._held:
            raise AppendRejected("the log's lock was let go when something was written")


@asynccontextmanager
async def held(appender: Appender, connected: Callable[[], Awaitable[Pipe]]) -> AsyncIterator[HeldLog]:
    """Takes the log's lock, for at most 5 s. Raises LogUnavailable, also when they are over."""
    limit = asyncio.timeout(LONGEST)
    try:
        async with limit:
            with _unavailable():
                pipe = await connected()
                await appender.hold(pipe)
            log = HeldLog(appender, pipe)
            try:
                yield log
            finally:
                with _unavailable():
                    await log.end()
    except TimeoutError:
        if limit.expired():
            raise LogUnavailable(f"the log's lock was held for {LONGEST:g} s") from None
        raise


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except (psycopg.Error, ConnectionLost, OSError) as error:
        raise LogUnavailable(f"the log can't be written now: {error}") from error
