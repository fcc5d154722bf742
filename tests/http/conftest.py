"""A running server for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.postgres import Database
from tests.support.serving import Served, serving


@pytest.fixture
async def served(database: Database, tmp_path: Path) -> AsyncIterator[Served]:
    """A server over a fresh database."""
    async with serving(database, tmp_path) as served:
        yield served
