"""Bringing tables from where they are to a position of the log, a page at a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

from application.ports.log import Row
from projections.engine.apply import Applier
from projections.engine.decoding import Decoder, Page
from projections.engine.store import Slot

PAGE = 4_000
SETS_PAGE, LONGEST_SETS_PAGE = 1_000, 64_000
"""Positions by which sets come after their sources, at first and at most: as long as a page stays under SETS_SECONDS."""
SETS_SECONDS = 0.5

Told = Callable[[int, int], None]
"""Told how many positions are done, and of how many."""
Read = Callable[[int, int, int], Awaitable[Sequence[Row]]]
"""`(after, limit, upto)`: the rows of interest after a position, in order; fewer than the limit are all up to `upto`."""


class Work:
    """Where some tables have come to. While a page is written, the next one is read."""

    def __init__(self, read: Read, applier: Applier, decoder: Decoder, positions: Mapping[Slot, int], told: Told) -> None:
        self._read_rows, self._applier, self._decoder, self._told = read, applier, decoder, told
        self._positions = dict(positions)

    @property
    def slots(self) -> Sequence[Slot]:
        return list(self._positions)

    @property
    def positions(self) -> Mapping[Slot, int]:
        """Where each has come to."""
        return self._positions

    @property
    def reached(self) -> int:
        """The position that all have come to."""
        return min(self._positions.values(), default=0)

    async def upto(self, position: int) -> None:
        """Brings all to a position; those that are ahead wait for the others."""
        await self.each_upto(dict.fromkeys(self._positions, position))

    async def each_upto(self, positions: Mapping[Slot, int]) -> None:
        """Brings each to its position."""
        while behind := [slot for slot, reached in self._positions.items() if reached < positions[slot]]:
            after = min(self._positions[slot] for slot in behind)
            level = [slot for slot in behind if self._positions[slot] == after]
            others = [reached for reached in self._positions.values() if reached > after]
            upto, whole = min([positions[slot] for slot in level] + others), max(positions.values())
            if all(slot.model.derived for slot in level):
                await self._after_sources(level, after, upto, whole)
            else:
                await self._together(level, after, upto, whole)

    async def _after_sources(self, level: Collection[Slot], after: int, upto: int, whole: int) -> None:
        """What their sources came to is in tables: nothing of the log is read."""
        page = SETS_PAGE
        while after < upto:
            begun, end = time.monotonic(), min(after + page, upto)
            await self._applier.apply(level, (), after, end)
            page = min(page * 2, LONGEST_SETS_PAGE) if time.monotonic() - begun < SETS_SECONDS else max(page // 4, 10)
            self._positions.update(dict.fromkeys(level, end))
            self._told(self.reached, whole)
            after = end

    async def _together(self, level: Collection[Slot], after: int, upto: int, whole: int) -> None:
        following = asyncio.create_task(self._read(after, upto))
        try:
            while True:
                page = await following
                if page.stop is None and page.upto < upto:
                    following = asyncio.create_task(self._read(page.upto, upto))
                if page.upto > after:
                    await self._applier.apply(level, page.recorded, after, page.upto, page.usable)
                    self._positions.update(dict.fromkeys(level, page.upto))
                if page.stop is not None:
                    raise page.stop
                self._told(self.reached, whole)
                if page.upto >= upto:
                    return
                after = page.upto
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    async def _read(self, after: int, upto: int) -> Page:
        rows = await self._read_rows(after, PAGE, upto)
        page = await self._decoder.decode(rows, after)
        return page._replace(upto=upto) if page.stop is None and len(rows) < PAGE else page
