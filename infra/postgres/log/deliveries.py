"""Answers, handed out a few at a time: while those who got theirs decide on the next thing, the database is at work already."""

import asyncio
from collections import deque

from application.ports.log import Answer, LogUnavailable
from infra.postgres.log.appender import Result

SLICE = 16
"""Answers per turn of the event loop. Deciding a command takes a fraction of a millisecond, and only between two turns does the
loop hear of the database: were all answers of a batch given at once, it would wait idly for everybody's next decision."""


class Deliveries:
    """Answers on their way to those who wait for them, in order."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[asyncio.Future[Answer], Result | LogUnavailable]] = deque()

    @property
    def pending(self) -> int:
        """How many are still on their way."""
        return len(self._waiting)

    def add(self, answer: asyncio.Future[Answer], result: Result | LogUnavailable) -> None:
        """Sends one on its way: it arrives within the next turns of the loop."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._hand_out)
        self._waiting.append((answer, result))

    def _hand_out(self) -> None:
        for _ in range(min(SLICE, len(self._waiting))):
            answer, result = self._waiting.popleft()
            if answer.done():
                continue  # its caller has gone
            if isinstance(result, Exception):
                answer.set_exception(result)
            else:
                answer.set_result(result)
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._hand_out)
