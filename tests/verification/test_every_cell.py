"""Every cell of role × action × place: each mutation asked by a holder of every single action and role, about things of their own
department, one below, one beside and the one above."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.access.cells import MUTATIONS, Staff, cells
from tests.access.duties import ACTIONS, ROLES
from tests.graphql.club import ROOMY
from tests.support.postgres import fresh_database
from tests.support.serving import serving


@pytest.fixture(scope="module")
async def staff(postgres_server: str, database_template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Staff]:
    with fresh_database(postgres_server, database_template) as database:
        async with serving(database, Path(tmp_path_factory.mktemp("issuer")), ROOMY) as served:
            yield await Staff.come(served, ("everything else", *ROLES, *ACTIONS))


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_whoever_may_does_and_nobody_else(staff: Staff, mutation: str) -> None:
    assert [cell for cell in await cells(staff, mutation) if cell.wrong] == []
