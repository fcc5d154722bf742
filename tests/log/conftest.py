"""A log of its own for each test."""

from collections.abc import AsyncIterator

import pytest
from psycopg.conninfo import conninfo_to_dict

from infra.postgres.connections import Connections
from infra.postgres.log.log import PostgresLog
from tests.support.postgres import Database
from tests.support.proxy import Proxy, proxied


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


@pytest.fixture
async def proxy(database: Database) -> AsyncIterator[Proxy]:
    """What stands between the log and the server."""
    if not str(conninfo_to_dict(database.application).get("host")).startswith("/"):
        pytest.skip("the proxy needs a server with a socket")
    async with proxied(database.application) as proxy:
        yield proxy


@pytest.fixture
async def fragile(database: Database, connections: Connections, proxy: Proxy) -> AsyncIterator[PostgresLog]:
    """A log whose own connections go through the proxy; it reads past it."""
    async with PostgresLog(proxy.conninfo, connections, database.organisation) as log:
        yield log
