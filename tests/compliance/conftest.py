"""The organisation, open in one process and in another."""

from collections.abc import AsyncIterator

import pytest

from interfaces.bootstrap.organisation import OpenOrganisation
from tests.support.organisations import opened
from tests.support.postgres import Database


@pytest.fixture
async def organisation(database: Database) -> AsyncIterator[OpenOrganisation]:
    """The organisation `main`, open."""
    async with opened(database) as open_organisation:
        yield open_organisation


@pytest.fixture
async def elsewhere(database: Database) -> AsyncIterator[OpenOrganisation]:
    """The same organisation, open in another process."""
    async with opened(database) as open_organisation:
        yield open_organisation
