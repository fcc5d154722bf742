"""Answers, handed out a few at a time: while those who got theirs decide on the next thing, the database is at work already."""

import asyncio
from collections import deque
from time import perf_counter

from application.ports.log import Answer, LogUnavailable
from infra.postgres.log.results import Result

SLICE = 16
"""Answers per turn of the event loop. Deciding a command takes a fraction of a millisecond, and only between two turns does the
loop hear of the database: were all answers of a batch given at once, it would wait idly for everybody's next decision."""


class Deliveries:
    """Answers on their way to those who wait for them, in order.

    `pending` is how many haven't had the time yet to ask for the next thing, `pace` the seconds that each of the last ones took.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[asyncio.Future[Answer], Result | LogUnavailable]] = deque()
        self._just_given = 0
        self._given_at = 0.0
        self.pace = 0.0

    @property
    def pending(self) -> int:
        """Those on their way, and those who were answered in this turn of the loop."""
        return len(self._waiting) + self._just_given

    def add(self, answer: asyncio.Future[Answer], result: Result | LogUnavailable) -> None:
        """Sends one on its way: it arrives within the next turns of the loop."""
        if not self.pending:
            asyncio.get_running_loop().call_soon(self._turn)
        self._waiting.append((answer, result))

    def _turn(self) -> None:
        now = perf_counter()
        if self._just_given:
            self.pace = (now - self._given_at) / self._just_given
        self._just_given = min(SLICE, len(self._waiting))
        for _ in range(self._just_given):
            answer, result = self._waiting.popleft()
            if answer.done():
                continue  # its caller has gone
            if isinstance(result, Exception):
                answer.set_exception(result)
            else:
                answer.set_result(result)
        if self._just_given:
            self._given_at = now
            asyncio.get_running_loop().call_soon(self._turn)
