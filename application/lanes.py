"""Lanes: commands that would write to the same stream go one after another instead of colliding."""

import asyncio
from collections import deque
from collections.abc import Iterable


class Lanes:
    """Which streams are being written by this process, and who waits for them, first come first served.

    Nobody waits while holding a lane, so there is no deadlock. A lane saves work only: what makes an append correct is
    that its guards are verified under the log's lock.
    """

    def __init__(self) -> None:
        self._busy: set[str] = set()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    def taken(self, streams: Iterable[str], turn: str | None) -> str | None:
        """A stream among these that the caller must wait for: one being written, or before one's turn, one waited for.

        Who has had a turn waits for writers only: if two who need the same two lanes gave way to each other's queues as
        well, neither would ever write.
        """
        for stream in streams:
            if stream in self._busy or (turn is None and stream in self._waiting):
                return stream
        return None

    async def wait(self, stream: str) -> None:
        """Waits for one's turn on a stream; afterwards `pass_on` or `claim` and `release` must follow."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(stream, deque()).append(future)
        try:
            await future
        except asyncio.CancelledError:
            self._withdraw(stream, future)
            raise

    def claim(self, streams: Iterable[str]) -> None:
        """Marks streams as being written."""
        self._busy.update(streams)

    def release(self, streams: Iterable[str]) -> None:
        """Ends a claim and lets the next in each lane go."""
        for stream in streams:
            self._busy.discard(stream)
            self.pass_on(stream)

    def pass_on(self, stream: str) -> None:
        """Lets the next in a lane go, unless the stream is being written."""
        waiting = self._waiting.get(stream)
        if stream in self._busy or not waiting:
            return
        while waiting:
            future = waiting.popleft()
            if not future.done():
                future.set_result(None)
                break
        if not waiting:
            del self._waiting[stream]

    def _withdraw(self, stream: str, future: asyncio.Future[None]) -> None:
        waiting = self._waiting.get(stream)
        if waiting is not None and future in waiting:
            waiting.remove(future)
            if not waiting:
                del self._waiting[stream]
        elif future.done() and not future.cancelled():
            self.pass_on(stream)
