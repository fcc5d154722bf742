"""A running server, or two processes on one log, for the tests of the directory that need them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from interfaces.bootstrap.organisation import OpenOrganisation
from tests.support.organisations import opened
from tests.support.postgres import Database
from tests.support.serving import Served, serving


@pytest.fixture
async def served(database: Database, tmp_path: Path) -> AsyncIterator[Served]:
    """A server over a fresh database."""
    async with serving(database, tmp_path) as served:
        yield served


@pytest.fixture
async def processes(database: Database) -> AsyncIterator[tuple[OpenOrganisation, OpenOrganisation]]:
    """The organisation `main`, open in two processes."""
    async with opened(database) as one, opened(database) as other:
        yield one, other
