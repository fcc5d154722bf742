"""Bringing the read models level with the log where no server is running that does it."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from uuid import UUID

from application.imports.people.passing import Passing
from application.ports.keys import DataKey
from application.ports.log import LogUnavailable
from application.tasks import stopped
from infra.postgres.checkpoints import PostgresCheckpoints
from infra.postgres.projections.progress import PostgresProgress
from infra.postgres.projections.store import PostgresStore
from infra.telemetry.silent import SilentTelemetry
from interfaces.bootstrap.opening import opened
from interfaces.bootstrap.organisation import OpenOrganisation
from interfaces.settings import Settings
from projections.engine.follower import Follower
from projections.engine.progress import NotReached, NotRegistered
from projections.engine.registry import models

LOOK, STILL = 1.0, 60.0


class PageByPage(Passing):
    """Keys that are forgotten with the page of the log that needs them: what is levelled may be of a hundred thousand people."""

    async def open(self, ids: Collection[UUID]) -> Mapping[UUID, DataKey]:
        """As the keys do."""
        self.done()
        return await super().open(ids)


def follower_of(organisation: OpenOrganisation, store: PostgresStore, progress: PostgresProgress) -> Follower:
    """What feeds all read models of an organisation."""
    return Follower(
        list(models().values()),
        organisation.log.reader,
        organisation.codec,
        PageByPage(organisation.keys),
        store,
        PostgresCheckpoints(organisation.connections, organisation.dsn, organisation.schema.schema),
        SilentTelemetry(),
        progress.moved,
    )


class NotLevel(LogUnavailable):
    """The read models can't be brought level with the log; the text says what stands in the way."""


@asynccontextmanager
async def levelled(organisation: OpenOrganisation, progress: PostgresProgress, patience: float = STILL) -> AsyncIterator[None]:
    """The read models are level with the log when the block begins, and follow it as long, whether a server runs or not.

    `patience`: seconds for which none of them may come forward. Raises NotLevel, StoreUnavailable.
    """
    store = PostgresStore(organisation.dsn, organisation.schema)
    follower = follower_of(organisation, store, progress)
    following = asyncio.create_task(follower.run())
    try:
        await _come_level(organisation, progress, follower, patience)
        yield
    finally:
        await stopped(following)
        await store.close()


async def level(organisation: OpenOrganisation, progress: PostgresProgress) -> None:
    """Follows the log to its present end; where a server follows it already, waits for that. Raises as `levelled`."""
    async with levelled(organisation, progress):
        return


async def level_now(settings: Settings, name: str) -> None:
    """Brings an organisation's read models level with its log. Raises EXPECTED, and as `levelled`."""
    async with opened(settings, name) as organisation:
        progress = PostgresProgress(organisation.dsn, organisation.connections, organisation.schema)
        await level(organisation, progress)


async def _come_level(organisation: OpenOrganisation, progress: PostgresProgress, follower: Follower, patience: float) -> None:
    head = await organisation.log.reader.head()
    seen, since = await progress.positions(), time.monotonic()
    while True:
        try:
            await progress.wait_for(head, list(models().values()), LOOK)
        except (NotReached, NotRegistered) as behind:
            now = await progress.positions()
            if now != seen:
                seen, since = now, time.monotonic()
            elif follower.health.state == "stopped" or time.monotonic() - since > patience:
                raise NotLevel(f"{behind}; {_hindrance(follower)}") from None
            await asyncio.sleep(LOOK / 10)
        else:
            return


def _hindrance(follower: Follower) -> str:
    reason = follower.health.reason
    match follower.health.state:
        case "waiting":
            return "another program follows the log and doesn't come forward: see how its server fares (`onrecord health`)"
        case state:
            return f"following the log is {state}" + (f": {reason}" if reason else "")
