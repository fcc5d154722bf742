"""Read models in a database of their own for each test."""

from collections.abc import AsyncIterator

import pytest

from infra.postgres.connections import Connections
from infra.postgres.projections.store import PostgresStore
from tests.projections.tables import Tables
from tests.support.postgres import Database


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
