"""Read models, for the operator: where they stand, rebuilding them, and what is in quarantine."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple
from uuid import UUID

from infra.postgres.projections.swap import PostgresRebuildStore
from infra.rebuilding.crew import Place, ProcessCrew, Ring
from interfaces.bootstrap.opening import opened
from interfaces.bootstrap.organisation import OpenOrganisation
from interfaces.settings import Settings
from projections.engine.fold import PoisonEvent
from projections.engine.members import Declared, snake
from projections.engine.quarantine import HeldEvent, NotHeld, Quarantine
from projections.engine.rebuild import Difference, Rebuild, RebuildRuns
from projections.engine.registry import models
from projections.engine.store import Overtaken, Slot
from projections.engine.work import Told

PROJECTION_ERRORS = (PoisonEvent, RebuildRuns, NotHeld, Overtaken)
"""Errors whose text says which event of which read model."""


class Standing(NamedTuple):
    """A read model, how far it has come, how far the log has, and how many events wait in quarantine."""

    model: Declared
    position: int
    head: int
    held: int


class NoSuchModel(Exception):
    """No read model has this name."""


def find_models(names: Sequence[str]) -> list[Declared]:
    """Read models by name, as in `Message`, `message` or `messages`; all of them for no name. Raises NoSuchModel."""
    stored = {model.name: model for model in models().values() if model.view is None}
    if not names:
        return list(stored.values())
    spelled = {spelling: model for model in stored.values() for spelling in _spellings(model)}
    unknown = [name for name in names if _plain(name) not in spelled]
    if unknown:
        raise NoSuchModel(f"There is no read model {', '.join(unknown)}; there is {', '.join(sorted(stored))}.")
    return list(dict.fromkeys(spelled[_plain(name)] for name in names))


class ReadModels:
    """The read models of one organisation."""

    def __init__(self, organisation: OpenOrganisation, store: PostgresRebuildStore) -> None:
        self._reader, self._codec, self._keys = organisation.log.reader, organisation.codec, organisation.keys
        self._store = store
        ring = Ring.of(organisation.ring)
        self._place = Place(organisation.dsn, organisation.name, organisation.id, ring)
        self._quarantine = Quarantine(self._reader, self._codec, self._keys, store)

    async def standings(self) -> list[Standing]:
        """Where each one stands. Raises StoreUnavailable, LogUnavailable."""
        positions = await self._store.positions([Slot(model, model.table) for model in find_models(())])
        head, held = await self._reader.head(), await self.held()
        return [
            Standing(slot.model, position, head, sum(event.model == slot.model.name for event in held))
            for slot, position in positions.items()
        ]

    async def rebuild(self, chosen: Sequence[Declared], told: Told, *, compare: bool, workers: int) -> Sequence[Difference]:
        """See Rebuild.run."""
        crew = ProcessCrew(self._place, workers) if workers > 1 else None
        work = Rebuild(chosen, self._reader, self._codec, self._keys, self._store, crew)
        return await work.run(told, compare=compare)

    async def held(self) -> Sequence[HeldEvent]:
        """What is in quarantine. Raises StoreUnavailable."""
        return await self._quarantine.all()

    async def release(self, model: Declared, key: UUID) -> int:
        """See Quarantine.release."""
        return await self._quarantine.release(model, key)


@asynccontextmanager
async def read_models(settings: Settings, organisation: str) -> AsyncIterator[ReadModels]:
    """The read models of an organisation, for as long as the block. Raises EXPECTED."""
    async with opened(settings, organisation) as found:
        store = PostgresRebuildStore(found.dsn, found.schema)
        try:
            yield ReadModels(found, store)
        finally:
            await store.close()


def _spellings(model: Declared) -> set[str]:
    return {snake(model.name), model.table, *model.roots}


def _plain(name: str) -> str:
    return snake(name.replace("-", "_"))
