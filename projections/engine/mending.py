"""Rebuilding by itself what lacks values that can be read again, because a key was released."""

import asyncio
from collections.abc import Callable, Collection, Sequence

from application.ports.codec import DamagedEvent, UnknownEvent
from application.ports.keys import KeyUnusable
from application.ports.log import LogUnavailable
from application.ports.telemetry import Telemetry
from projections.engine.beside import RebuildRuns, RebuildStore
from projections.engine.fold import PoisonEvent
from projections.engine.members import Declared
from projections.engine.rebuild import Rebuild
from projections.engine.store import StoreUnavailable

LOOK = 10.0
"""Seconds between two looks."""


class Mender:
    """Looks for stale tables and rebuilds them beside the live ones, one process at a time."""

    def __init__(
        self,
        models: Collection[Declared],
        store: RebuildStore,
        rebuild: Callable[[Sequence[Declared]], Rebuild],
        telemetry: Telemetry,
    ) -> None:
        self._models, self._store, self._rebuild, self._telemetry = models, store, rebuild, telemetry

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            await asyncio.sleep(LOOK)
            await self.mend()

    async def mend(self) -> Sequence[Declared]:
        """Rebuilds what is stale now; answers what that was. What can't be done is told and tried again later."""
        try:
            if stale := await self._store.stale(self._models):
                self._telemetry.info("projections.mending", models=[model.name for model in stale])
                await self._rebuild(stale).run()
        except (RebuildRuns, StoreUnavailable, LogUnavailable, KeyUnusable):
            return ()
        except (PoisonEvent, UnknownEvent, DamagedEvent) as error:
            self._telemetry.warning("projections.unmended", reason=str(error))
            return ()
        return stale
