"""Fixtures for everybody: a database, a Valkey, and asyncio for tests that are coroutines."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.clusters import remove_clusters
from tests.support.postgres import Database, fresh_database, ready_template, running_server
from tests.support.valkey import Valkey, running_valkey


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Coroutine tests run on asyncio."""
    return "asyncio"


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """As pytest gives it. The clusters in it are removed as well, which pytest would leave where root's lie."""
    yield tmp_path
    remove_clusters(tmp_path)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The superuser's conninfo of the shared server."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def database_template(postgres_server: str) -> str:
    """The name of the migrated database that tests are cloned from."""
    return ready_template(postgres_server)


@pytest.fixture
def database(postgres_server: str, database_template: str) -> Iterator[Database]:
    """A fresh database with the organisation `main`, for one test."""
    with fresh_database(postgres_server, database_template) as fresh:
        yield fresh


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[Valkey]:
    """A Valkey of this worker."""
    with running_valkey() as server:
        yield server


@pytest.fixture
def valkey(valkey_server: Valkey) -> Iterator[Valkey]:
    """An empty Valkey for one test, which may stop it."""
    valkey_server.empty()
    yield valkey_server
    if not valkey_server.running:
        valkey_server.start()


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the terminal that the tests were started from."""
    for name in [name for name in os.environ if name.startswith("ONRECORD_")]:
        monkeypatch.delenv(name)
