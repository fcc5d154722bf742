"""A running server for each test, or for a file whose tests leave it as it is."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.postgres import Database, fresh_database
from tests.support.serving import Served, serving


@pytest.fixture
async def served(database: Database, tmp_path: Path) -> AsyncIterator[Served]:
    """A server over a fresh database."""
    async with serving(database, tmp_path) as served:
        yield served


@pytest.fixture(scope="module")
async def shared(postgres_server: str, database_template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """A server that the tests of a file share."""
    with fresh_database(postgres_server, database_template) as database:
        async with serving(database, tmp_path_factory.mktemp("issuer")) as served:
            yield served
