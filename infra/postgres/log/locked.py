"""The log while its lock is held, for a decision that kept losing its guards."""

from collections.abc import Collection

from application.ports.log import Answer, Append, AppendRejected, Row
from infra.postgres.log import arrays
from infra.postgres.log.appender import Appender, Result
from infra.postgres.log.pipe import Pipe, Statement
from infra.postgres.log.rows import by_stream, rows_of
from infra.postgres.log.verification import Request


class HeldLog:
    """The log under its lock, until the first append or the end. Fulfils the port Locked."""

    def __init__(self, appender: Appender, pipe: Pipe) -> None:
        self._appender = appender
        self._pipe = pipe
        self._held = True

    async def streams(self, names: Collection[str]) -> dict[str, list[Row]]:
        """The rows of each stream in order; an absent stream has none."""
        self._check()
        (result,) = await self._pipe.run([Statement(b"streams", (arrays.texts(list(names)),))])
        return by_stream(names, rows_of(self._pipe, result))

    async def append(self, request: Append) -> Answer:
        """Appends, commits and lets go of the lock: once. Raises CommandIdReused, ClockJumped, AppendRejected."""
        self._check()
        checked = Request.of(request)
        results: list[Result] = []
        self._held = False
        await self._appender.append_held(self._pipe, checked, lambda _, result: results.append(result))
        (result,) = results
        if isinstance(result, Exception):
            raise result
        return result

    async def end(self) -> None:
        """Lets go of the lock."""
        if self._held and self._pipe.lost is None:
            self._held = False
            await self._appender.release(self._pipe)

    def _check(self) -> None:
        if not self._held:
            raise AppendRejected("the log's lock was let go with the first append")
