"""Events that rows couldn't take: what is held, and letting it go again when the cause was mended."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from application.ports.codec import Codec
from application.ports.keys import Keys
from application.ports.log import LogReader
from domain.kernel.events import Event, Recorded
from projections.engine.decoding import Decoder, purged_in
from projections.engine.feeds import FEEDS, Feed
from projections.engine.fold import Fold, PoisonEvent
from projections.engine.members import Declared
from projections.engine.needs import needs
from projections.engine.sets import derived_from
from projections.engine.steps import Step, feeds_of, step
from projections.engine.store import Changes, Overtaken, Refused, Slot, Store, Unforeseen, Wanted

TRIES = 20


class HeldEvent(NamedTuple):
    """An event that waits before a row. `error` is None for those behind the first one that failed.

    Of a set, `key` is one whose rows couldn't be made as of the position; what follows for it is made when it is released.
    """

    model: str
    key: UUID
    position: int
    type: str
    error: str | None
    held_at: datetime


class NotHeld(Exception):
    """Nothing is in quarantine for this row."""


class QuarantineStore(Store, Protocol):
    """A store that shows what is held."""

    async def quarantined(self, slot: Slot | None = None) -> Sequence[HeldEvent]:
        """What is held, in the order of positions, of one table or of all. Raises StoreUnavailable."""
        ...


class Quarantine:
    """Looks into quarantine and releases rows from it."""

    def __init__(self, reader: LogReader, codec: Codec, keys: Keys, store: QuarantineStore) -> None:
        self._reader, self._store = reader, store
        self._codec, self._keys = codec, keys

    async def all(self) -> Sequence[HeldEvent]:
        """Everything that is held. Raises StoreUnavailable."""
        return await self._store.quarantined()

    async def release(self, model: Declared, key: UUID) -> int:
        """Applies what waits before a row, in order, all or nothing; answers how many events that were.

        Raises NotHeld; PoisonEvent where one still can't be applied, and then all of them go on waiting; StoreUnavailable,
        LogUnavailable; Overtaken if the follower never stands still long enough.
        """
        slot = Slot(model, model.table)
        for _ in range(TRIES):
            try:
                return await self._release(slot, key)
            except Overtaken:
                continue
            except Unforeseen as error:
                raise PoisonEvent(f"what follows from the {model.name} {key}: {error}") from error
        raise Overtaken(f"{model.name} moved on {TRIES} times while a row was to be released")

    async def _release(self, slot: Slot, key: UUID) -> int:
        held = [each for each in await self._store.quarantined(slot) if each.key == key]
        if not held:
            raise NotHeld(f"nothing is held for the {slot.model.name} {key}")
        position = (await self._store.positions([slot]))[slot]
        if slot.model.derived is not None:
            return await self._make_again(slot, position, held[0])
        feeds = feeds_of(slot, FEEDS)
        recorded = await self._read(held, feeds)
        # Of an event whose content was purged meanwhile nothing is left to apply; what builds on it passes over.
        steps = [_step(feeds[type(said.event)], said, key) for said in recorded if type(said.event) in feeds]
        purged = await purged_in(self._reader)({said.stream for said in recorded})
        async with self._store.batch([slot], position, position) as batch:
            ids = {key, *(id_ for each in steps for id_ in (*each.keys, *(row.id for row in each.made)))}
            want = Wanted(slot, ids, {})
            (rows,), _ = await batch.load([want])
            fold = Fold(slot, want, rows, (), purged, strict=True)
            for each in steps:
                fold.take(each)
            changes: Changes = fold.changes()
            await batch.write([changes], ())
            await batch.release(slot, key)
            # What follows from the row stopped where it was held.
            if sets := [Slot(model, model.table) for model in derived_from(slot.model)]:
                await batch.derive_after(sets, slot, key, held[0].position)
        return len(held)

    async def _make_again(self, slot: Slot, position: int, held: HeldEvent) -> int:
        try:
            async with self._store.batch([slot], position, position) as batch:
                await batch.release(slot, held.key)
                await batch.derive_again(slot, held.key, held.position)
        except Refused as error:
            raise PoisonEvent(str(error)) from error
        return 1

    async def _read(self, held: Sequence[HeldEvent], feeds: dict[type[Event], Feed]) -> Sequence[Recorded[Event]]:
        decoder = Decoder(self._codec, self._keys, needs(feeds.items()))
        rows = [row for each in held for row in await self._reader.read(each.position - 1, 1)]
        page = await decoder.decode(rows, 0)
        if page.stop is not None:
            raise page.stop
        return page.recorded


def _step(feed: Feed, said: Recorded[Event], key: UUID) -> Step:
    """The step for this row alone: other rows that the event made or changed have taken it already."""
    made = step(feed, said)
    if feed.takes_row:
        return made._replace(keys=(key,))
    rows = tuple(row for row in made.made if row.id == key)
    return made._replace(made=rows, keys=(key,)) if rows else made
