"""How far read models are behind the log, as every process sees it, whether or not anybody follows."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime

from application.ports.log import LogReader, LogUnavailable
from application.ports.telemetry import Telemetry
from projections.engine.members import Declared
from projections.engine.store import StoreUnavailable

LOOK = 5.0
"""Seconds between two looks."""

Positions = Callable[[], Awaitable[Mapping[str, int]]]
"""The checkpoints by table. Raises StoreUnavailable."""


class Lag:
    """Measures the log's end, and for each read model how many positions and seconds it is behind."""

    def __init__(
        self,
        models: Collection[Declared],
        reader: LogReader,
        positions: Positions,
        telemetry: Telemetry,
        now: Callable[[], datetime],
    ) -> None:
        self._models = [model for model in models if model.view is None]
        self._reader, self._positions, self._telemetry, self._now = reader, positions, telemetry, now

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            with suppress(LogUnavailable, StoreUnavailable):
                await self.measure()
            await asyncio.sleep(LOOK)

    async def measure(self) -> None:
        """Measures once: seconds are the age of the first event that a model lacks. Raises LogUnavailable, StoreUnavailable."""
        positions = await self._positions()
        head = await self._reader.head()
        self._telemetry.measure("log_position", head)
        ages = {position: await self._age(position) for position in {0, *positions.values()} if position < head}
        for model in self._models:
            position = positions.get(model.table, 0)
            self._telemetry.measure("projections_lag_positions", max(0, head - position), model=model.name)
            self._telemetry.measure("projections_lag_seconds", ages.get(position, 0.0), model=model.name)

    async def _age(self, position: int) -> float:
        rows = await self._reader.read(position, 1)
        return max(0.0, self._now().timestamp() - rows[0].recorded_at / 1_000_000) if rows else 0.0
