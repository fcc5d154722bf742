"""What feeds the read models, beside a test or a process of one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prometheus_client import CollectorRegistry

from application.tasks import stopped
from infra.postgres.checkpoints import PostgresCheckpoints
from infra.postgres.projections.progress import PostgresProgress
from infra.postgres.projections.store import PostgresStore
from infra.telemetry.structured import StructuredTelemetry
from interfaces.bootstrap.organisation import OpenOrganisation
from projections.engine.follower import Follower
from projections.engine.registry import models


@asynccontextmanager
async def following(
    organisation: OpenOrganisation, progress: PostgresProgress, registry: CollectorRegistry | None = None
) -> AsyncIterator[asyncio.Task[None]]:
    """Feeds every read model of the program, as long as the block, unless another process does; the task that does it."""
    store = PostgresStore(organisation.dsn, organisation.schema)
    follower = Follower(
        list(models().values()),
        organisation.log.reader,
        organisation.codec,
        organisation.keys,
        store,
        PostgresCheckpoints(organisation.connections, organisation.dsn, organisation.schema.schema),
        StructuredTelemetry(registry or CollectorRegistry()),
        progress.moved,
    )
    task = asyncio.create_task(follower.run())
    try:
        yield task
    finally:
        await stopped(task)
        await store.close()
