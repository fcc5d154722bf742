"""Rebuilding read models from the first event, beside the live tables, and taking their place in one instant."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from typing import NamedTuple, Protocol

from application.ports.codec import Codec
from application.ports.keys import Keys
from application.ports.log import LogReader, Row
from domain.kernel.events import CATALOGUE
from domain.kernel.upcasts import UPCASTS
from projections.engine.apply import Applier
from projections.engine.decoding import Decoder, purged_in, wires
from projections.engine.division import DIGITS, DIVIDED_FROM, Crew, NotLocal, Task, is_local, parts, tasks, verify
from projections.engine.erasure import ERASES, RESTORES
from projections.engine.members import Declared
from projections.engine.sets import together
from projections.engine.store import Slot, Store
from projections.engine.work import Told, Work

STRETCH = 100_000
"""Positions that are looked through at once for rows of interest: some tenths of a second of the database's work."""
CLOSE = 2_000
"""Positions of distance from the head at which the rest is done while the live follower waits: well under a second's work."""


class RebuildRuns(Exception):
    """Another process rebuilds this model now."""


class Difference(NamedTuple):
    """How the rebuilt rows of a model differ from the live ones at the same position: so many are in one of both only."""

    model: str
    live_only: int
    rebuilt_only: int


class PartReader(LogReader, Protocol):
    """A log that is read by parts."""

    async def part(
        self,
        after: int,
        limit: int,
        upto: int,
        digits: str,
        everywhere: Collection[str],
        wanted: Collection[str],
        others: Collection[str],
    ) -> Sequence[Row]:
        """As `read`, but only rows of types `everywhere`, and, of streams that end with one of these digits, all but `others`.

        What is neither wanted nor among the others is of a type that this release doesn't know. `wanted` are looked for first:
        they are few.
        """
        ...


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

    async def divide(self, slots: Collection[Slot], parts: Sequence[str]) -> Mapping[Slot, Collection[Slot]]:
        """Of each slot its parts: those of a rebuild that was broken off, else new ones with these digits, at its checkpoint."""
        ...

    async def unite(self, slots: Collection[Slot], position: int) -> None:
        """Makes slots whole again, all of whose parts have come to a position."""
        ...

    async def anew(self, slot: Slot) -> None:
        """Empties a slot, which begins at 0 and has no parts."""
        ...

    async def finish(self, slots: Collection[Slot]) -> None:
        """Makes the indexes that filling does without."""
        ...

    def moment(self, slots: Collection[Slot]) -> AbstractAsyncContextManager[Moment]:
        """Lets the live tables of these models stand still, at most some seconds. Raises StoreUnavailable."""
        ...


class Rebuild:
    """One rebuild of some models. It may be killed anywhere, and continues when it is run again."""

    def __init__(
        self,
        models: Collection[Declared],
        reader: PartReader,
        codec: Codec,
        keys: Keys,
        store: RebuildStore,
        crew: Crew | None = None,
    ) -> None:
        """`crew`: workers that share a long history; without it, this process does it all, what others left undone included.

        What follows from the models is rebuilt with them, and what that follows from.
        """
        models = together(models)
        self._models, self._reader, self._codec, self._keys, self._store = models, reader, codec, keys, store
        self._crew = crew

    async def run(self, told: Told = lambda _done, _all: None, *, compare: bool = False) -> Sequence[Difference]:
        """Rebuilds and takes the live tables' place; with `compare`, answers how the rebuilt rows differ from the live ones.

        An event that can't be applied, is unknown or damaged ends it: PoisonEvent, UnknownEvent, DamagedEvent. The live tables
        then stay as they are, and what was rebuilt is kept for the next attempt. Raises RebuildRuns, StoreUnavailable,
        LogUnavailable.
        """
        async with self._crew or nullcontext(), self._store.rebuilding(self._models) as begun:
            sets = [slot for slot in begun if slot.model.derived]
            work = await self._filled([slot for slot in begun if slot not in sets], _half(told, 0) if sets else told)
            if sets:
                # They need the indexes of what they are made of, and the workers its rows.
                await self._filled(sets, _half(told, 1), work.reached)
                work = await self._work(begun, told)
            while (head := await self._reader.head()) - work.reached > CLOSE:
                await work.upto(head)
            differences = await self._compare(work) if compare else ()
            async with self._store.moment(work.slots) as moment:
                await work.upto(max(moment.positions.values()))
                await moment.swap()
        return differences

    async def _filled(self, slots: Sequence[Slot], told: Told, upto: int | None = None) -> Work:
        """Brings all to a position, or to what is now the log's end, and makes their indexes."""
        await self._divided(slots, told, upto)
        work = await self._work(slots, told)
        await work.upto(await self._reader.head() if upto is None else upto)
        await self._store.finish(slots)
        return work

    async def _work(self, slots: Collection[Slot], told: Told) -> Work:
        positions = await self._store.positions(slots)
        applier = Applier(self._store, positions, strict=True, purged=purged_in(self._reader))
        return Work(self._reader.read, applier, Decoder(self._codec, self._keys, applier.events), positions, told)

    async def _divided(self, slots: Sequence[Slot], told: Told, upto: int | None) -> None:
        """Brings all to where they are to come, together. Each part goes on where it was when that was broken off.

        Without a crew nothing is divided, but parts that there are come to their end: the whole knows nothing of them.
        """
        whole: set[Slot] = {slot for slot in slots if not is_local(slot.model)}
        while True:
            head = await self._reader.head() if upto is None else upto
            positions = await self._store.positions(slots)
            long = head - min(positions.values(), default=head) >= DIVIDED_FROM
            new = parts(self._crew.count) if self._crew is not None and long else ()
            divided = await self._store.divide([slot for slot in slots if slot not in whole], new)
            if not any(divided.values()):
                return
            shares = tasks({**divided, **dict.fromkeys(whole, ())})
            try:
                await self._shared(shares, head, _report(len(shares), head, told))
            except NotLocal as error:
                for slot in [slot for slot in divided if slot.model.name == error.model]:
                    await self._store.anew(slot)
                    whole.add(slot)
                continue
            await self._store.unite(list(divided), head)
            return

    async def _shared(self, shares: Sequence[Task], upto: int, told: Callable[[int, int], None]) -> None:
        if self._crew is not None:
            await self._crew.work(shares, upto, told)
            return
        for number, task in enumerate(shares):
            await fill_part(task, upto, self._reader, self._codec, self._keys, self._store, partial(_of_task, told, number))

    async def _compare(self, work: Work) -> Sequence[Difference]:
        async with self._store.moment(work.slots) as moment:
            await work.each_upto(moment.positions)
            snapshot = await moment.snapshot()
        try:
            return await snapshot.compare()
        finally:
            await snapshot.close()


def _half(told: Told, number: int) -> Told:
    """Tells of the first or the second half of the work as of a part of the whole."""
    return lambda done, whole: told((number * whole + done) // 2, whole)


def _of_task(told: Callable[[int, int], None], number: int, done: int, _: int) -> None:
    told(number, done)


def _report(tasks: int, whole: int, told: Told) -> Callable[[int, int], None]:
    """Tells of all tasks as of one."""
    reached = [0] * tasks

    def report(task: int, position: int) -> None:
        reached[task] = position
        told(sum(reached) // tasks, whole)

    return report


async def fill_part(task: Task, upto: int, reader: PartReader, codec: Codec, keys: Keys, store: Store, told: Told) -> None:
    """What a worker does with its task; raises what Crew.work does."""
    positions = await store.positions(task.slots)
    applier = Applier(store, positions, strict=True, purged=purged_in(reader), each=verify if task.digits else None)
    decoder = Decoder(codec, keys, applier.events)
    everywhere, digits = wires((*ERASES, *RESTORES)), task.digits or DIGITS
    wanted, others = decoder.wires - everywhere, {*CATALOGUE, *UPCASTS} - decoder.wires

    async def read(after: int, limit: int, last: int) -> Sequence[Row]:
        rows: list[Row] = []
        while len(rows) < limit and after < last:
            upto = min(last, after + STRETCH)
            rows += await reader.part(after, limit - len(rows), upto, digits, everywhere, wanted, others)
            after = upto
        return rows

    await Work(read, applier, decoder, positions, told).upto(upto)
