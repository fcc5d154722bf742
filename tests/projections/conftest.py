"""Read models in a database of their own for each test."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import pytest

from infra.crypto.key_file import KeyRing
from infra.crypto.wrapping import Wrapping
from infra.postgres.checkpoints import PostgresCheckpoints
from infra.postgres.connections import Connections
from infra.postgres.keys import PostgresKeys
from infra.postgres.log.log import PostgresLog
from infra.postgres.projections.progress import PostgresProgress
from infra.postgres.projections.store import PostgresStore
from infra.postgres.projections.swap import PostgresRebuildStore
from infra.serialisation.codec import JsonCodec
from projections.engine.follower import Follower
from projections.engine.members import Declared
from projections.engine.rebuild import Rebuild
from projections.engine.registry import models
from tests.projections.chronicle import Chronicle
from tests.projections.heard import Heard
from tests.projections.tables import Tables
from tests.support.postgres import ORGANISATION_ID, Database

RING = KeyRing.new()


@pytest.fixture
async def connections(database: Database) -> AsyncIterator[Connections]:
    """The pool of a process."""
    async with Connections(database.application, size=4) as pool:
        yield pool


@pytest.fixture
async def store(database: Database) -> AsyncIterator[PostgresStore]:
    """The tables as the follower has them."""
    store = PostgresStore(database.application, database.organisation)
    yield store
    await store.close()


@pytest.fixture
async def tables(database: Database, connections: Connections) -> Tables:
    """The tables as a reader has them."""
    return Tables(connections, database.schema)


@pytest.fixture
async def log(database: Database, connections: Connections) -> AsyncIterator[PostgresLog]:
    """The log as one process has it."""
    async with PostgresLog(database.application, connections, database.organisation) as log:
        yield log


@pytest.fixture
def keys(database: Database, connections: Connections) -> PostgresKeys:
    """The data keys as one process has them."""
    return PostgresKeys(connections, database.organisation, Wrapping(RING, ORGANISATION_ID))


@pytest.fixture
def chronicle(log: PostgresLog, keys: PostgresKeys) -> Chronicle:
    """A hand that writes into the log."""
    return Chronicle(log, keys)


Following = Callable[..., AbstractAsyncContextManager[Follower]]


@pytest.fixture
def following(database: Database, connections: Connections, log: PostgresLog, keys: PostgresKeys) -> Following:
    """Starts followers, each as a process of its own would have it, and stops them."""

    @asynccontextmanager
    async def start(chosen: Collection[Declared] = (), telemetry: Heard | None = None) -> AsyncIterator[Follower]:
        store = PostgresStore(database.application, database.organisation)
        checkpoints = PostgresCheckpoints(connections, database.application, database.schema)
        models_ = chosen or list(models().values())
        follower = Follower(models_, log.reader, JsonCodec(), keys, store, checkpoints, telemetry or Heard())
        task = asyncio.create_task(follower.run())
        try:
            yield follower
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await store.close()

    return start


@pytest.fixture
async def progress(database: Database, connections: Connections) -> AsyncIterator[PostgresProgress]:
    """The checkpoints as another process follows them."""
    progress = PostgresProgress(database.application, connections, database.organisation)
    progress.start()
    yield progress
    await progress.close()


@pytest.fixture
async def rebuild_store(database: Database) -> AsyncIterator[PostgresRebuildStore]:
    """The tables as a rebuilding process has them."""
    store = PostgresRebuildStore(database.application, database.organisation)
    yield store
    await store.close()


@pytest.fixture
def rebuilding(log: PostgresLog, keys: PostgresKeys, rebuild_store: PostgresRebuildStore) -> Callable[..., Rebuild]:
    """A rebuild of these models."""
    return lambda *chosen: Rebuild(chosen, log.reader, JsonCodec(), keys, rebuild_store)
