"""A running server, and what programs need to know of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conformance.graphql.tools import SCHEMA
from tests.support.postgres import Database
from tests.support.serving import Client, Served, serving


@pytest.fixture
async def served(database: Database, tmp_path: Path) -> AsyncIterator[Served]:
    """A server over a fresh database."""
    async with serving(database, tmp_path) as served:
        yield served


@pytest.fixture
async def ann(served: Served) -> Client:
    """Somebody who uses a client."""
    return await served.person("Ann 安")


@pytest.fixture
async def bo(served: Served) -> Client:
    """Somebody else."""
    return await served.person("Bo 波")


@pytest.fixture
async def variables(served: Served, ann: Client, bo: Client, tmp_path: Path) -> dict[str, str]:
    """The environment of a program: where the server is, two people's tokens, and the key that signs more of them."""
    await bo.ask('query @waitFor(position: "2") { viewer { name } }')
    return {
        "ONRECORD_URL": f"{served.url}/graphql",
        "ONRECORD_ANN": ann.token,
        "ONRECORD_BO": bo.token,
        "ONRECORD_ISSUER_KEY": str(tmp_path / "development-issuer.pem"),
        "ONRECORD_SCHEMA": str(SCHEMA),
    }


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first test installs the packages."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(900))
