"""Rebuilding read models from the first event, beside the live tables, and taking their place in one instant."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol

from application.ports.codec import Codec
from application.ports.keys import Keys
from application.ports.log import LogReader
from projections.engine.apply import Applier
from projections.engine.decoding import Decoder, Page, purged_in
from projections.engine.members import Declared
from projections.engine.store import Slot, Store

PAGE = 4_000
CLOSE = 2_000
"""Positions of distance from the head at which the rest is done while the live follower waits: well under a second's work."""

Told = Callable[[int, int], None]
"""Told how many positions are done, and of how many."""


class RebuildRuns(Exception):
    """Another process rebuilds this model now."""


class Difference(NamedTuple):
    """How the rebuilt rows of a model differ from the live ones at the same position: so many are in one of both only."""

    model: str
    live_only: int
    rebuilt_only: int


class Moment(Protocol):
    """An instant in which the live tables stand still."""

    positions: Mapping[Slot, int]
    """The checkpoints of the live tables, by the slot that is rebuilt."""

    async def swap(self) -> None:
        """Puts the rebuilt tables in the place of the live ones, at the end of the instant; quarantine ends with the old ones."""
        ...

    async def snapshot(self) -> "Snapshot":
        """A view of both as they are in this instant, to be looked at afterwards."""
        ...


class Snapshot(Protocol):
    """Both tables as they were in one instant."""

    async def compare(self) -> Sequence[Difference]:
        """How they differ, with their histories; a model with no difference isn't named."""
        ...

    async def close(self) -> None: ...


class RebuildStore(Store, Protocol):
    """A store in which tables can be rebuilt."""

    def rebuilding(self, models: Collection[Declared]) -> AbstractAsyncContextManager[Mapping[Slot, int]]:
        """The slots to fill, with their checkpoints: those of a rebuild that was broken off are continued.

        For one process at a time. Raises RebuildRuns, ModelChanged, StoreUnavailable.
        """
        ...

    async def stale(self, models: Collection[Declared]) -> Sequence[Declared]:
        """Those that lack values which can be read again. Raises StoreUnavailable."""
        ...

    async def finish(self, slots: Collection[Slot]) -> None:
        """Makes the indexes that filling does without."""
        ...

    def moment(self, slots: Collection[Slot]) -> AbstractAsyncContextManager[Moment]:
        """Lets the live tables of these models stand still, at most some seconds. Raises StoreUnavailable."""
        ...


class Rebuild:
    """One rebuild of some models. It may be killed anywhere, and continues when it is run again."""

    def __init__(self, models: Collection[Declared], reader: LogReader, codec: Codec, keys: Keys, store: RebuildStore) -> None:
        self._models, self._reader, self._codec, self._keys, self._store = models, reader, codec, keys, store

    async def run(self, told: Told = lambda _done, _all: None, *, compare: bool = False) -> Sequence[Difference]:
        """Rebuilds and takes the live tables' place; with `compare`, answers how the rebuilt rows differ from the live ones.

        An event that can't be applied, is unknown or damaged ends it: PoisonEvent, UnknownEvent, DamagedEvent. The live tables
        then stay as they are, and what was rebuilt is kept for the next attempt. Raises RebuildRuns, StoreUnavailable,
        LogUnavailable.
        """
        async with self._store.rebuilding(self._models) as begun:
            applier = Applier(self._store, begun, strict=True, purged=purged_in(self._reader))
            decoder = Decoder(self._codec, self._keys, applier.events)
            work = _Work(self._reader, applier, decoder, dict(begun), told)
            await work.upto(await self._reader.head())
            await self._store.finish(work.slots)
            while (head := await self._reader.head()) - work.reached > CLOSE:
                await work.upto(head)
            differences = await self._compare(work) if compare else ()
            async with self._store.moment(work.slots) as moment:
                await work.upto(max(moment.positions.values()))
                await moment.swap()
        return differences

    async def _compare(self, work: "_Work") -> Sequence[Difference]:
        async with self._store.moment(work.slots) as moment:
            await work.each_upto(moment.positions)
            snapshot = await moment.snapshot()
        try:
            return await snapshot.compare()
        finally:
            await snapshot.close()


class _Work:
    """Where a rebuild has come to."""

    def __init__(self, reader: LogReader, applier: Applier, decoder: Decoder, positions: dict[Slot, int], told: Told) -> None:
        self._reader, self._applier, self._decoder, self._told = reader, applier, decoder, told
        self._positions = positions

    @property
    def slots(self) -> Sequence[Slot]:
        return list(self._positions)

    @property
    def reached(self) -> int:
        """The position that all have come to."""
        return min(self._positions.values(), default=0)

    async def upto(self, position: int) -> None:
        """Brings all to a position; those that are ahead wait for the others."""
        await self.each_upto(dict.fromkeys(self._positions, position))

    async def each_upto(self, positions: Mapping[Slot, int]) -> None:
        """Brings each to its position; while a page is written, the next one is read."""
        while behind := [slot for slot, reached in self._positions.items() if reached < positions[slot]]:
            after = min(self._positions[slot] for slot in behind)
            level = [slot for slot in behind if self._positions[slot] == after]
            others = [reached for reached in self._positions.values() if reached > after]
            await self._together(level, after, min([positions[slot] for slot in level] + others), max(positions.values()))

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
        return await self._decoder.decode(await self._reader.read(after, PAGE, upto), after)
