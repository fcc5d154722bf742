"""One connection that sends prepared statements in groups: one network round trip, and one wake-up of the event loop, per group.

It works on libpq's own pipeline mode below psycopg's cursors, for two reasons: a statement costs about a tenth of the processor
time, and it is known to the byte whether a COMMIT had been sent when a connection was lost.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import psycopg
from psycopg import AsyncConnection, pq
from psycopg.abc import Buffer

_SYNC, _ABORTED, _FAILED = pq.ExecStatus.PIPELINE_SYNC, pq.ExecStatus.PIPELINE_ABORTED, pq.ExecStatus.FATAL_ERROR


class ConnectionLost(Exception):
    """The connection ended or stopped answering; what was sent last may or may not have been carried out."""


class Statement(NamedTuple):
    """A prepared statement by its name, with its parameters in PostgreSQL's binary form."""

    name: bytes
    parameters: Sequence[Buffer | None] = ()


class Pipe:
    """Sends groups of prepared statements and gives their results. For one task at a time."""

    def __init__(self, connection: AsyncConnection[Any], patience: float) -> None:
        """`patience`: seconds to wait for the answer to a group before the connection counts as lost."""
        self.connection = connection
        self._pg = connection.pgconn
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._fd = self._pg.socket
        self._results: list[pq.abc.PGresult] = []
        self._answer: asyncio.Future[list[pq.abc.PGresult]] | None = None
        self._writing = False
        self.lost: ConnectionLost | None = None
        self._pg.nonblocking = 1
        self._pg.enter_pipeline_mode()
        self._loop.add_reader(self._fd, self._readable)

    async def prepare(self, statements: Mapping[bytes, bytes]) -> None:
        """Prepares statements by name. Raises psycopg.Error where one of them is wrong, ConnectionLost."""
        for name, text in statements.items():
            self._pg.send_prepare(name, text)
        _raise_first(await self._exchange())

    async def run(self, statements: Sequence[Statement]) -> list[pq.abc.PGresult]:
        """Runs a group up to its first error, which is raised as a psycopg.Error. Raises ConnectionLost.

        Outside BEGIN and COMMIT a group is a transaction of its own.
        """
        if self.lost is not None:
            raise self.lost
        try:
            for name, parameters in statements:
                self._pg.send_query_prepared(name, parameters, [pq.Format.BINARY] * len(parameters), pq.Format.BINARY)
        except psycopg.OperationalError as error:
            self._fail(error)
        results = await self._exchange()
        _raise_first(results)
        return results

    @asynccontextmanager
    async def suspended(self) -> AsyncIterator[AsyncConnection[Any]]:
        """The connection by itself, for what isn't possible in a pipeline: COPY. It may be in the midst of a transaction.

        Raises psycopg.Error, ConnectionLost.
        """
        if self.lost is not None:
            raise self.lost
        self._loop.remove_reader(self._fd)
        self._pg.exit_pipeline_mode()
        try:
            yield self.connection
        except BaseException as error:
            self._fail(error)  # a COPY that was broken off has left results behind
            raise
        self._pg.nonblocking = 1
        self._pg.enter_pipeline_mode()
        self._loop.add_reader(self._fd, self._readable)

    async def close(self) -> None:
        """Ends the connection; the server rolls back what wasn't committed."""
        self._fail("it was closed")
        await self.connection.close()

    async def _exchange(self) -> list[pq.abc.PGresult]:
        if self.lost is not None:
            raise self.lost
        self._results, self._answer = [], self._loop.create_future()
        try:
            self._pg.pipeline_sync()
            self._flush()
        except psycopg.OperationalError as error:
            self._fail(error)
        deadline = self._loop.call_later(self._patience, self._fail, f"no answer within {self._patience:g} s")
        try:
            return await self._answer
        except asyncio.CancelledError:
            self._fail("its user was cancelled")  # results on their way would be taken for those of the next group
            raise
        finally:
            deadline.cancel()

    def _flush(self) -> None:
        # What the kernel doesn't take at once follows when it can.
        pending = self._pg.flush() == 1
        if pending and not self._writing:
            self._loop.add_writer(self._fd, self._writable)
        elif not pending and self._writing:
            self._loop.remove_writer(self._fd)
        self._writing = pending

    def _writable(self) -> None:
        try:
            self._flush()
        except psycopg.OperationalError as error:
            self._fail(error)

    def _readable(self) -> None:
        try:
            self._pg.consume_input()
            self._collect()
        except psycopg.OperationalError as error:
            self._fail(error)

    def _collect(self) -> None:
        ended = False
        while self._answer is not None and not self._pg.is_busy():
            result = self._pg.get_result()
            if result is None:
                # One None ends a statement's results. A second says that libpq has nothing more to wait for, which before
                # the group's end can only be because the connection is gone, and its socket with it.
                if ended:
                    if self._pg.status == pq.ConnStatus.BAD:
                        self._fail(self._pg.get_error_message())
                    return
                ended = True
            elif result.status == _SYNC:
                self._deliver()
            else:
                ended = False
                self._results.append(result)

    def _deliver(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(self._results)
        self._answer = None

    def _fail(self, reason: object) -> None:
        if self.lost is None:
            self.lost = ConnectionLost(f"The connection to the database was lost: {str(reason).strip()}")
            self._loop.remove_reader(self._fd)
            if self._writing:
                self._loop.remove_writer(self._fd)
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(self.lost)
        self._answer = None


def _raise_first(results: Sequence[pq.abc.PGresult]) -> None:
    for result in results:
        if result.status == _FAILED:
            raise psycopg.errors.error_from_result(result)
        if result.status == _ABORTED:
            raise psycopg.errors.InFailedSqlTransaction("an earlier statement of the group failed")
