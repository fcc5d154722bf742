"""A log of its own for each test."""

from collections.abc import AsyncIterator

import pytest

from infra.postgres.connections import Connections
from infra.postgres.log.log import PostgresLog
from tests.support.postgres import Database


@pytest.fixture
async def connections(database: Database) -> AsyncIterator[Connections]:
    """The pool of a process."""
    async with Connections(database.application, size=4) as pool:
        yield pool


@pytest.fixture
async def log(database: Database, connections: Connections) -> AsyncIterator[PostgresLog]:
    """The log as one process has it."""
    async with PostgresLog(database.application, connections, database.organisation) as log:
        yield log


@pytest.fixture
async def other(database: Database, connections: Connections) -> AsyncIterator[PostgresLog]:
    """The same log as another process has it."""
    async with PostgresLog(database.application, connections, database.organisation) as log:
        yield log
