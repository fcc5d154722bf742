"""One batch: events that follow a position, applied to tables that stand at it, in one transaction."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.kernel.events import Event, Recorded
from projections.engine.erasure import ERASES, RESTORES
from projections.engine.feeds import FEEDS, Feed
from projections.engine.fold import Fold, PoisonEvent
from projections.engine.needs import Fields, needs
from projections.engine.steps import Step, feeds_of, step, wanted
from projections.engine.store import Batch, Changes, Refused, Slot, Store, Stored, Unforeseen, Wanted


class Erasure(NamedTuple):
    """From here on nothing is shown that was sealed with these keys."""

    keys: frozenset[UUID]


class Work(NamedTuple):
    """What a batch has for one table, in order."""

    slot: Slot
    steps: list[Step | Erasure]


async def _nothing_purged(_: Collection[str]) -> frozenset[str]:
    return frozenset()


Purged = Callable[[Collection[str]], Awaitable[frozenset[str]]]


class Applier:
    """Applies batches to some tables. `strict`: an event that can't be applied raises PoisonEvent and nothing is written."""

    def __init__(
        self,
        store: Store,
        slots: Collection[Slot],
        *,
        strict: bool = False,
        purged: Purged = _nothing_purged,
        each: Callable[[Step], None] | None = None,
    ) -> None:
        """`purged` says of which streams the content was removed in part; `each` looks at every step and may refuse it."""
        self._each = each
        self._store, self._strict, self._purged = store, strict, purged
        self._feeds: dict[type[Event], list[tuple[str, Feed]]] = {}
        for slot in slots:
            for event, feed in feeds_of(slot, FEEDS).items():
                self._feeds.setdefault(event, []).append((slot.table, feed))

    @property
    def events(self) -> Mapping[type[Event], Fields]:
        """The events that change any of these tables, and the fields of each that are looked at."""
        fed = needs((event, feed) for event, feeds in self._feeds.items() for _, feed in feeds)
        return {**fed, **dict.fromkeys((*ERASES, *RESTORES))}

    async def apply(
        self,
        slots: Collection[Slot],
        recorded: Sequence[Recorded[Event]],
        after: int,
        upto: int,
        usable: frozenset[UUID] = frozenset(),
    ) -> int:
        """Brings these tables from one position to another; answers how many events were newly put in quarantine.

        `usable` are keys that needn't be withdrawn, since a later event released them.

        Raises Overtaken, StoreUnavailable; where strict, PoisonEvent.
        """
        work = [each for each in self._work(slots, recorded, usable) if each.steps]
        restored = max((said.recorded_at for said in recorded if type(said.event) in RESTORES), default=None)
        try:
            return await self._write(slots, work, after, upto, restored, careful=False)
        except Unforeseen:
            # Seldom: rows that are made aren't loaded first. Now they are, and the event that makes one twice is found; or a
            # set's rows can't be made, and the key is found.
            return await self._write(slots, work, after, upto, restored, careful=True)

    def _work(self, slots: Collection[Slot], recorded: Iterable[Recorded[Event]], usable: frozenset[UUID]) -> Collection[Work]:
        work = {slot.table: Work(slot, []) for slot in slots}
        for said in recorded:
            kind = type(said.event)
            if kind in ERASES:
                erasure = Erasure(frozenset(ERASES[kind](said)) - usable)
                for each in work.values():
                    if erasure.keys and each.slot.model.personal:
                        each.steps.append(erasure)
            for table, feed in self._feeds.get(kind, ()):
                if table in work:
                    work[table].steps.append(made := step(feed, said))
                    if self._each is not None:
                        self._each(made)
        return work.values()

    async def _write(
        self,
        slots: Collection[Slot],
        work: Sequence[Work],
        after: int,
        upto: int,
        restored: datetime | None,
        *,
        careful: bool,
    ) -> int:
        async with self._store.batch(slots, after, upto) as batch:
            if restored is not None:
                await batch.stale([slot for slot in slots if slot.model.personal], restored)
            changes: Sequence[Changes] = ()
            if work:
                changes = await self._fold(batch, work, careful=careful)
                erased = {key for each in work for part in each.steps if isinstance(part, Erasure) for key in part.keys}
                await batch.write(changes, erased)
            held = await self._derive(batch, _touched(slots, changes), careful=careful)
        return held + sum(len(each.held) for each in changes)

    async def _derive(self, batch: Batch, sets: Sequence[Slot], *, careful: bool) -> int:
        if not careful:
            await batch.derive(sets)
            return 0
        try:
            return sum([await batch.derive_each(slot, strict=self._strict) for slot in sets])
        except Refused as error:
            raise PoisonEvent(str(error)) from error

    async def _fold(self, batch: Batch, work: Sequence[Work], *, careful: bool) -> Sequence[Changes]:
        asked = [wanted(each.slot, (part for part in each.steps if isinstance(part, Step)), made=careful) for each in work]
        loaded, held = await batch.load(asked)
        return [
            await self._folded(each, want, rows, held.get(each.slot.table, frozenset()))
            for each, want, rows in zip(work, asked, loaded, strict=True)
        ]

    async def _folded(self, work: Work, want: Wanted, rows: Sequence[Stored], held: frozenset[UUID]) -> Changes:
        fold = Fold(work.slot, want, rows, held, strict=self._strict)
        try:
            changes = _fold(fold, work.steps)
            if not fold.row_missing:
                return changes
        except PoisonEvent:
            if not fold.row_missing:
                raise
        # No fault where what made the row was purged. It happens seldom, so it is asked only now.
        purged = await self._purged({part.said.stream for part in work.steps if isinstance(part, Step)})
        return _fold(Fold(work.slot, want, rows, held, purged, strict=self._strict), work.steps)


def _touched(slots: Collection[Slot], changes: Iterable[Changes]) -> Sequence[Slot]:
    """The sets that may change: those whose sources did, or have gone on already and may have changed where these come to now."""
    unchanged = {slot.model for slot in slots} - {
        each.slot.model for each in changes if each.inserted or each.updated or each.deleted or each.closed
    }
    return [slot for slot in slots if slot.model.derived and not unchanged.issuperset(slot.model.derived.sources)]


def _fold(fold: Fold, steps: Iterable[Step | Erasure]) -> Changes:
    for part in steps:
        if isinstance(part, Erasure):
            fold.erase(part.keys)
        else:
            fold.take(part)
    return fold.changes()
