"""What waits for the log: requests in order, taken in batches, each answered once."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from application.ports.log import Answer, LogUnavailable
from infra.postgres.log.deliveries import Deliveries
from infra.postgres.log.results import Result
from infra.postgres.log.verification import Request

_BATCH = 512
_BATCH_ROWS = 4_000
_BATCH_BYTES = 8 << 20
_WORTH_WAITING = 0.25
"""Part of a transaction's time for which it is better to wait for further requests than to begin without them."""


class Waiting(NamedTuple):
    """A request, who waits for its answer, and until when (in the event loop's time)."""

    request: Request
    answer: asyncio.Future[Answer]
    deadline: float


class Batch:
    """Requests that are appended together, and which of them have their result."""

    def __init__(self, waiting: Sequence[Waiting], deliveries: Deliveries) -> None:
        self.waiting = waiting
        self._deliveries = deliveries
        self._open = {id(each.request): each.answer for each in waiting}

    def left(self) -> list[Request]:
        """Those without a result whose callers still wait."""
        return [each.request for each in self.waiting if id(each.request) in self._open and not each.answer.done()]

    def deliver(self, request: Request, result: Result | LogUnavailable) -> None:
        """Sends a request's result on its way."""
        self._deliveries.add(self._open.pop(id(request)), result)

    def abandon(self, reason: str) -> None:
        """Ends what has no result with LogUnavailable."""
        for request in self.left():
            self.deliver(request, LogUnavailable(reason))


class Queue:
    """The requests of a process for one log."""

    def __init__(self) -> None:
        self.arrived = asyncio.Event()
        self._waiting: deque[Waiting] = deque()
        self._deliveries = Deliveries()
        self._took = 0.0

    def __len__(self) -> int:
        """How many wait to be taken."""
        return len(self._waiting)

    def put(self, request: Request, patience: float) -> asyncio.Future[Answer]:
        """Queues a request for so many seconds."""
        loop = asyncio.get_running_loop()
        waiting = Waiting(request, loop.create_future(), loop.time() + patience)
        self._waiting.append(waiting)
        self.arrived.set()
        return waiting.answer

    async def batch(self) -> Batch:
        """The next requests, as many as one transaction takes.

        While earlier answers are being handed out, more requests are on their way. All are waited for where that takes little
        time beside a transaction; else half of those who were active make a batch, and the database has work while the others
        decide.
        """
        out = self._deliveries
        # Each turn of the loop hands out more.
        while out.pending and (  # noqa: ASYNC110
            len(self._waiting) < out.pending or out.pending * out.pace < self._took * _WORTH_WAITING
        ):
            await asyncio.sleep(0)
        taken: list[Waiting] = []
        rows = size = 0
        while self._waiting and len(taken) < _BATCH:
            request = self._waiting[0].request
            rows, size = rows + len(request.append.rows), size + request.size
            if taken and (rows > _BATCH_ROWS or size > _BATCH_BYTES):
                break
            taken.append(self._waiting.popleft())
        return Batch(taken, self._deliveries)

    def took(self, seconds: float) -> None:
        """Notes how long the last batch took to be written."""
        self._took = seconds

    def give_up(self, batch: Batch, reason: str, grace: float = 0) -> None:
        """Ends with LogUnavailable what has waited `grace` seconds longer than it was to, in a batch and after it."""
        now = asyncio.get_running_loop().time()
        for waiting in (*batch.waiting, *self._waiting):
            if waiting.deadline + grace <= now and not waiting.answer.done():
                waiting.answer.set_exception(LogUnavailable(f"the log can't be written now: {reason}"))
        while self._waiting and self._waiting[0].answer.done():
            self._waiting.popleft()

    def clear(self, reason: str) -> None:
        """Ends everything that waits with LogUnavailable."""
        for waiting in self._waiting:
            self._deliveries.add(waiting.answer, LogUnavailable(reason))
        self._waiting.clear()
