"""The live follower: one for an organisation and release, feeding all read models, wherever each of them has come to."""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Literal

from application.ports.checkpoints import Checkpoints
from application.ports.codec import Codec, DamagedEvent, UnknownEvent
from application.ports.keys import Keys, KeyUnusable
from application.ports.log import LogReader, LogUnavailable
from application.ports.telemetry import Telemetry
from projections.engine.apply import Applier
from projections.engine.decoding import Decoder, purged_in
from projections.engine.fold import described
from projections.engine.members import Declared
from projections.engine.sets import check_followed
from projections.engine.store import ModelChanged, Overtaken, Slot, Store, StoreUnavailable

PAGE = 500
POLL = 5.0
PAUSE = 0.5
LONGEST_PAGE = 4_000
SLOW, FAST = 2.0, 0.5
"""Seconds for a page: above the first pages become shorter, below the second longer. No transaction comes near 10 s."""

SWEEP = 60.0
"""Seconds between two looks for tables that no process reads any more."""

State = Literal["waiting", "following", "interrupted", "stopped"]


@dataclass(frozen=True)
class Health:
    """How the follower of this process fares.

    Waiting: another process follows. Interrupted: it recovers by itself. Stopped: it needs a person, or a newer release;
    `reason` says why. `positions` are the checkpoints by table.
    """

    state: State = "waiting"
    reason: str | None = None
    positions: Mapping[str, int] | None = None


class Follower:
    """Feeds the read models from the log until it is cancelled."""

    def __init__(
        self,
        models: Collection[Declared],
        reader: LogReader,
        codec: Codec,
        keys: Keys,
        store: Store,
        checkpoints: Checkpoints,
        telemetry: Telemetry,
        moved: Callable[[Mapping[str, int]], None] = lambda _: None,
    ) -> None:
        """`moved` is told the checkpoints of this process's tables whenever they have moved. Raises CannotBeKept."""
        check_followed(models)
        self._models, self._reader, self._codec, self._keys, self._store = models, reader, codec, keys, store
        self._checkpoints, self._telemetry, self._moved = checkpoints, telemetry, moved
        self._page, self._full = PAGE, False
        self.health = Health()

    @property
    def name(self) -> str:
        """Under which name the right to follow is held: the same for processes with the same versions of the same models."""
        versions = sorted(model.table for model in self._models if model.view is None)
        return f"projections/{sha256(' '.join(versions).encode()).hexdigest()[:12]}"

    async def run(self) -> None:
        """Runs until cancelled, or until something is found that waiting doesn't mend: then `health` says what."""
        while True:
            try:
                self._is("waiting")
                async with self._checkpoints.hold(self.name):
                    await self._follow()
            except Overtaken:
                self._telemetry.info("projections.overtaken")
                continue  # our right to follow was lost and taken by another: wait for it again
            except (LogUnavailable, StoreUnavailable, KeyUnusable) as error:
                if _cancelled():
                    raise asyncio.CancelledError from error
                self._is("interrupted", type(error).__name__)
                await asyncio.sleep(PAUSE)
            except (UnknownEvent, DamagedEvent, ModelChanged) as error:
                self._is("stopped", str(error))
                return
            except Exception as error:  # noqa: BLE001 (a fault of ours must not end it unnoticed; health says that it goes on trying)
                self._is("interrupted", described(error))
                await asyncio.sleep(PAUSE)

    async def _follow(self) -> None:
        positions = dict(await self._store.prepare(self._models))
        applier = Applier(self._store, positions, purged=purged_in(self._reader))
        decoder = Decoder(self._codec, self._keys, applier.events)
        self._is("following")
        self._note(positions)
        swept = -SWEEP
        while positions:
            moved = await self.step(applier, decoder, positions)
            lowest = min(positions.values())
            if moved and (self._full or lowest < max(positions.values())):
                continue
            if time.monotonic() - swept >= SWEEP:
                swept = time.monotonic()
                await self._sweep()
            # After a page that wasn't full it waits without another look: what is known to be more ends that at once.
            await self._reader.wait(lowest, POLL)

    async def _sweep(self) -> None:
        """Once all are level: what earlier releases left goes, if none of their processes runs any more."""
        if dropped := await self._store.sweep(self._models):
            self._telemetry.info("projections.dropped", tables=list(dropped))

    async def step(self, applier: Applier, decoder: Decoder, positions: dict[Slot, int]) -> bool:
        """One page for those that are furthest, and one for those that are furthest behind; whether there was anything to do.

        So a table that was just made catches up while the others stay live, until they are level and share their transactions.
        """
        self._full = False
        furthest = max(positions.values())
        moved = await self._advance(applier, decoder, positions, furthest, None)
        lowest = min(positions.values())
        if lowest < furthest:
            upto = min(position for position in positions.values() if position > lowest)
            moved |= await self._advance(applier, decoder, positions, lowest, upto)
        return moved

    async def _advance(
        self, applier: Applier, decoder: Decoder, positions: dict[Slot, int], after: int, upto: int | None
    ) -> bool:
        begun = time.monotonic()
        rows = await (self._reader.news(after, self._page) if upto is None else self._reader.read(after, self._page, upto))
        if not rows:
            return False
        self._full |= len(rows) >= self._page
        page = await decoder.decode(rows, after)
        if page.upto > after:
            level = [slot for slot, position in positions.items() if position == after]
            held = await applier.apply(level, page.recorded, after, page.upto, page.usable)
            positions.update(dict.fromkeys(level, page.upto))
            self._note(positions)
            if held:
                self._telemetry.warning("projections.held", events=held, upto=page.upto)
                self._telemetry.count("projections_held_events", held)
        if page.stop is not None:
            raise page.stop
        self._adapt(time.monotonic() - begun, len(rows))
        return True

    def _adapt(self, seconds: float, rows: int) -> None:
        self._telemetry.observe("projections_page_seconds", seconds)
        if seconds > SLOW:
            self._page = max(self._page // 2, 10)
        elif rows == self._page and seconds < FAST:
            self._page = min(self._page * 2, LONGEST_PAGE)

    def _note(self, positions: Mapping[Slot, int]) -> None:
        known = {slot.table: position for slot, position in positions.items()}
        self.health = replace(self.health, positions=known)
        self._moved(known)

    def _is(self, state: State, reason: str | None = None) -> None:
        if (self.health.state, self.health.reason) != (state, reason):
            (self._telemetry.info if state in ("waiting", "following") else self._telemetry.warning)(
                f"projections.{state}", reason=reason
            )
        self.health = replace(self.health, state=state, reason=reason)


def _cancelled() -> bool:
    """Whether this task is to end: a query that was cut short by that may have failed with an error of its own."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
