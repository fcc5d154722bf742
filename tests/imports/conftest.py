"""An organisation to import into."""

from collections.abc import AsyncIterator

import pytest

from interfaces.bootstrap.organisation import OpenOrganisation
from tests.support.organisations import opened
from tests.support.postgres import Database


@pytest.fixture
async def organisation(database: Database) -> AsyncIterator[OpenOrganisation]:
    """The organisation `main`, open and empty."""
    async with opened(database) as open_organisation:
        yield open_organisation
