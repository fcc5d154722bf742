"""Bringing the read models level with the log where no server is running that does it."""

import asyncio
from collections.abc import Collection, Mapping
from uuid import UUID

from application.imports.people.passing import Passing
from application.ports.keys import DataKey
from application.tasks import stopped
from infra.postgres.checkpoints import PostgresCheckpoints
from infra.postgres.projections.progress import PostgresProgress
from infra.postgres.projections.store import PostgresStore
from infra.telemetry.silent import SilentTelemetry
from interfaces.bootstrap.organisation import OpenOrganisation
from projections.engine.follower import Follower
from projections.engine.progress import NotReached, NotRegistered
from projections.engine.registry import models

LOOK = 1.0


class PageByPage(Passing):
    """Keys that are forgotten with the page of the log that needs them: what is levelled may be of a hundred thousand people."""

    async def open(self, ids: Collection[UUID]) -> Mapping[UUID, DataKey]:
        """As the keys do."""
        self.done()
        return await super().open(ids)


async def level(organisation: OpenOrganisation, progress: PostgresProgress) -> None:
    """Follows the log to its present end; where a server follows it already, waits for that. Raises StoreUnavailable."""
    store = PostgresStore(organisation.dsn, organisation.schema)
    follower = Follower(
        list(models().values()),
        organisation.log.reader,
        organisation.codec,
        PageByPage(organisation.keys),
        store,
        PostgresCheckpoints(organisation.connections, organisation.dsn, organisation.schema.schema),
        SilentTelemetry(),
        progress.moved,
    )
    following = asyncio.create_task(follower.run())
    try:
        head = await organisation.log.reader.head()
        while not following.done():
            try:
                await progress.wait_for(head, list(models().values()), LOOK)
            except (NotReached, NotRegistered):
                await asyncio.sleep(LOOK / 10)
            else:
                break
    finally:
        await stopped(following)
        await store.close()
