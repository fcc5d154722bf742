"""Read models, for the operator: where they stand, rebuilding them, and what is in quarantine."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from difflib import get_close_matches
from typing import NamedTuple
from uuid import UUID

from infra.postgres.projections.swap import PostgresRebuildStore
from infra.rebuilding.crew import Place, ProcessCrew, Ring
from interfaces.bootstrap.opening import opened
from interfaces.bootstrap.organisation import OpenOrganisation
from interfaces.settings import Settings
from projections.engine.beside import Difference, RebuildRuns
from projections.engine.fold import PoisonEvent
from projections.engine.members import Declared, snake
from projections.engine.quarantine import HeldEvent, NotHeld, Quarantine
from projections.engine.rebuild import Rebuild
from projections.engine.registry import models
from projections.engine.store import ModelChanged, Overtaken, Slot
from projections.engine.work import Told


class Standing(NamedTuple):
    """A read model, how far it has come, how far the log has, and how many events wait in quarantine.

    `position` is None where nothing has filled it yet, `rebuilt` where nobody rebuilds it: else it says how far that has come,
    whether it goes on or was broken off.
    """

    model: Declared
    position: int | None
    head: int
    held: int
    rebuilt: int | None


class NoSuchModel(Exception):
    """No read model has this name."""


class BeyondTheLog(Exception):
    """There is no such position yet."""


PROJECTION_ERRORS = (PoisonEvent, RebuildRuns, NotHeld, Overtaken, ModelChanged, BeyondTheLog)
"""Errors whose text says which event of which read model."""


def find_models(names: Sequence[str]) -> list[Declared]:
    """Read models by name, as in `Message`, `message` or `messages`; all of them for no name. Raises NoSuchModel."""
    stored = {model.name: model for model in models().values() if model.view is None}
    if not names:
        return list(stored.values())
    spelled = {spelling: model for model in stored.values() for spelling in _spellings(model)}
    unknown = [name for name in names if _plain(name) not in spelled]
    if unknown:
        alike = [spelled[each].name for name in unknown for each in get_close_matches(_plain(name), spelled, 3, 0.5)]
        meant = f" Did you mean {' or '.join(dict.fromkeys(alike))}?" if alike else ""
        raise NoSuchModel(f"There is no read model {', '.join(unknown)}.{meant}")
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
        slots = [Slot(model, model.table) for model in find_models(())]
        positions, under_way = await self._store.positions(slots), await self._store.under_way()
        head, held = await self._reader.head(), await self.held()
        return [
            Standing(
                slot.model,
                positions.get(slot),
                head,
                sum(event.model == slot.model.name for event in held),
                under_way.get(slot.table),
            )
            for slot in slots
        ]

    async def rebuild(
        self,
        chosen: Sequence[Declared],
        told: Told,
        stage: Callable[[str], None],
        *,
        compare: bool,
        workers: int,
        upto: int | None,
    ) -> Sequence[Difference]:
        """See Rebuild.run; with `upto` Rebuild.past. Raises what they do, and BeyondTheLog."""
        if upto is not None and upto > (head := await self._reader.head()):
            raise BeyondTheLog(f"The log ends at position {head}.")
        crew = ProcessCrew(self._place, workers) if workers > 1 else None
        work = Rebuild(chosen, self._reader, self._codec, self._keys, self._store, crew)
        if upto is not None:
            return await work.past(upto, told, stage=stage)
        return await work.run(told, compare=compare, stage=stage)

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
