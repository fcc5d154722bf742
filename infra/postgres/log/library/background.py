"""The log on an event loop in a thread of its own, for callers that are threads."""

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

import psycopg
from eventsourcing.persistence import DataError, IntegrityError, OperationalError
from psycopg import AsyncRawCursor

from application.ports.log import Append, Appended, AppendRejected, ClockJumped, LogUnavailable
from infra.postgres.connections import Connections
from infra.postgres.errors import DatabaseUnreachable
from infra.postgres.log.log import PostgresLog
from infra.postgres.migrations import OrganisationSchema

T = TypeVar("T")


class BackgroundLog:
    """One organisation's log for any number of threads, whose appends share commits. Errors are those of the library."""

    def __init__(self, dsn: str, organisation: OrganisationSchema) -> None:
        """Starts at once. Raises OperationalError if the database can't be reached."""
        self.organisation = organisation
        self._connections = Connections(dsn)
        self._log = PostgresLog(dsn, self._connections, organisation)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="log of the library", daemon=True)
        self._thread.start()
        try:
            self._run(self._open())
        except DatabaseUnreachable as error:
            self._stop()
            raise OperationalError(str(error)) from error

    def append(self, request: Append) -> Appended | None:
        """Appends; None if a guard has moved."""
        return self._run(self._append(request))

    def append_tracked(self, request: Append, follower: str, position: int) -> Appended | None:
        """Appends and moves a follower on in one transaction. Raises IntegrityError if it is as far already."""
        return self._run(self._append_tracked(request, follower, position))

    def ask(self, text: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Runs one statement with numbered parameters."""
        return self._run(self._ask(text, parameters))

    def wait(self, after: int, seconds: float) -> Future[bool]:
        """Waits for the log to go past a position; the future may be cancelled."""
        return asyncio.run_coroutine_threadsafe(self._log.reader.wait(after, seconds), self._loop)

    def close(self) -> None:
        """Writes what is queued and ends the thread."""
        if self._thread.is_alive():
            self._run(self._close())
            self._stop()

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()
        except (LogUnavailable, ClockJumped) as error:
            raise OperationalError(str(error)) from error
        except AppendRejected as error:
            raise DataError(str(error)) from error

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self) -> None:
        await self._connections.open()
        await self._log.start()

    async def _close(self) -> None:
        await self._log.close()
        await self._connections.close()

    async def _append(self, request: Append) -> Appended | None:
        answer = await self._log.writer.append(request)
        return answer if isinstance(answer, Appended) else None

    async def _append_tracked(self, request: Append, follower: str, position: int) -> Appended | None:
        async with self._log.writer.lock() as held:
            if not await held.track(follower, position):
                raise IntegrityError(f"{follower} is past {position} already")
            answer = await held.append(request)
        return answer if isinstance(answer, Appended) else None

    async def _ask(self, text: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        try:
            async with self._connections.connection() as connection, AsyncRawCursor(connection) as cursor:
                await cursor.execute(text.encode(), parameters, prepare=True, binary=True)
                return await cursor.fetchall()
        except (psycopg.OperationalError, DatabaseUnreachable) as error:
            raise OperationalError(f"the log can't be used now: {error}") from error
