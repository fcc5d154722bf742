"""How far the log has come, as this process knows, and those who wait for it to go further."""

import asyncio


class Arrivals:
    """The highest position that is known to be written, for one organisation and process."""

    def __init__(self) -> None:
        self.head = 0
        self._waiting: dict[asyncio.Future[None], int] = {}

    def reached(self, head: int) -> None:
        """Notes that a position is written, and wakes those who waited for it."""
        if head <= self.head:
            return
        self.head = head
        for woken in [future for future, after in self._waiting.items() if after < head]:
            del self._waiting[woken]
            if not woken.done():
                woken.set_result(None)

    def hint(self, head: int) -> None:
        """Wakes those who wait for a position before this one, to look: whoever says so may be wrong."""
        for woken in [future for future, after in self._waiting.items() if after < head]:
            if not woken.done():
                woken.set_result(None)

    async def past(self, after: int, seconds: float) -> bool:
        """Waits until the log has gone past a position, at most so many seconds; whether it has."""
        if self.head > after:
            return True
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[future] = after
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            return self.head > after
        finally:
            self._waiting.pop(future, None)
        return True
