"""A server whose clock a test moves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.clocks import MovedClock
from tests.support.postgres import Database
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
