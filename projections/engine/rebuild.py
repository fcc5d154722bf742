"""Rebuilding read models from the first event, beside the live tables, and taking their place in one instant."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from functools import partial

from application.ports.codec import Codec
from application.ports.keys import Keys
from application.ports.log import Row
from domain.kernel.events import CATALOGUE
from domain.kernel.upcasts import UPCASTS
from projections.engine.apply import Applier
from projections.engine.beside import Difference, NotFollowed, PartReader, RebuildStore
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


def _nobody(_done: int, _all: int) -> None: ...


def _no_stage(_: str) -> None: ...


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

    async def run(
        self, told: Told = _nobody, *, compare: bool = False, stage: Callable[[str], None] = _no_stage
    ) -> Sequence[Difference]:
        """Rebuilds and takes the live tables' place; with `compare`, answers how the rebuilt rows differ from the live ones.

        `told` hears how far it has come, `stage` what it does next.

        An event that can't be applied, is unknown or damaged ends it: PoisonEvent, UnknownEvent, DamagedEvent. The live tables
        then stay as they are, and what was rebuilt is kept for the next attempt. Raises RebuildRuns, StoreUnavailable,
        LogUnavailable.
        """
        async with self._crew or nullcontext(), self._store.rebuilding(self._models) as begun:
            work = await self._all_filled(begun, told, stage)
            while (head := await self._reader.head()) - work.reached > CLOSE:
                await work.upto(head)
            stage("comparing")
            differences = await self._compare(work) if compare else ()
            stage("taking over")
            async with self._store.moment(work.slots) as moment:
                await work.upto(max(moment.positions.values()))
                await moment.swap()
        return differences

    async def past(
        self, position: int, told: Told = _nobody, *, stage: Callable[[str], None] = _no_stage
    ) -> Sequence[Difference]:
        """Rebuilds up to a position, and answers how that differs from what the live tables keep of it. They stay as they are.

        Raises what `run` does, and NotFollowed where the live tables haven't come so far.
        """
        live = [Slot(model, model.table) for model in self._models]
        reached = await self._store.positions(live)
        if behind := [slot.model.name for slot in live if reached.get(slot, 0) < position]:
            raise NotFollowed(f"{', '.join(behind)}: the live rows haven't come to position {position}")
        async with self._crew or nullcontext(), self._store.rebuilding(self._models) as begun:
            await self._not_beyond(begun, position)
            work = await self._all_filled(begun, told, stage, position)
            stage("comparing")
            differences = await self._store.past(work.slots, position)
            await self._store.drop(work.slots)
        return differences

    async def _not_beyond(self, begun: Mapping[Slot, int], position: int) -> None:
        """Begins those anew that another rebuild has brought further."""
        parts = await self._store.divide(list(begun), ())
        reached = {**begun, **await self._store.positions([part for each in parts.values() for part in each])}
        for slot in begun:
            if any(reached[each] > position for each in (slot, *parts[slot])):
                await self._store.anew(slot)

    async def _all_filled(
        self, begun: Mapping[Slot, int], told: Told, stage: Callable[[str], None], upto: int | None = None
    ) -> Work:
        sets = [slot for slot in begun if slot.model.derived]
        stage("reading the log")
        work = await self._filled([slot for slot in begun if slot not in sets], _half(told, 0) if sets else told, stage, upto)
        if sets:
            # They need the indexes of what they are made of, and the workers its rows.
            stage("making sets")
            await self._filled(sets, _half(told, 1), stage, work.reached)
            work = await self._work(begun, told)
        return work

    async def _filled(self, slots: Sequence[Slot], told: Told, stage: Callable[[str], None], upto: int | None = None) -> Work:
        """Brings all to a position, or to what is now the log's end, and makes their indexes."""
        await self._divided(slots, told, upto)
        work = await self._work(slots, told)
        await work.upto(await self._reader.head() if upto is None else upto)
        stage("making indexes")
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
            # A follower that has just begun, or was broken off, is behind.
            ahead = {slot: at for slot, at in moment.positions.items() if work.positions[slot] > at}
        try:
            return await snapshot.compare(ahead)
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
