"""A server whose clock a test moves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.clocks import MovedClock
from tests.support.postgres import Database, fresh_database
from tests.support.serving import Served, serving


@pytest.fixture
def clock() -> MovedClock:
    """The clock of the server."""
    return MovedClock()


@pytest.fixture
async def served(database: Database, tmp_path: Path, clock: MovedClock) -> AsyncIterator[Served]:
    """A server over a fresh database."""
    async with serving(database, tmp_path, clock=clock) as served:
        yield served


@pytest.fixture(scope="module")
async def shared(postgres_server: str, database_template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """A server that the tests of a file share; each brings its own people and channels."""
    with fresh_database(postgres_server, database_template) as database:
        async with serving(database, tmp_path_factory.mktemp("issuer")) as served:
            yield served
