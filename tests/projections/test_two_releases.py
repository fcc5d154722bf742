"""A rolling upgrade: processes of two releases run at once, each with its own version of a read model."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from domain.directory.events.person import PersonJoined
from infra.rebuilding.crew import Ring
from tests.projections.chronicle import Chronicle
from tests.projections.conftest import RING
from tests.projections.release_process import Order
from tests.projections.stories import person
from tests.projections.tables import Tables
from tests.support.postgres import Database
from tests.support.processes import die_with_parent
from tests.support.waiting import until

TABLES = "SELECT table_name, position FROM {s}.projections ORDER BY 1"
OLD, NEW = "projections_arrival_v1", "projections_arrival_v2"


class Release:
    """A process of a release, and where it says it is."""

    def __init__(self, folder: Path, database: Database, version: int) -> None:
        self._said = folder / f"{version}.said"
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.projections.release_process"],
                stdin=subprocess.PIPE,
                stdout=said,
                preexec_fn=die_with_parent,
                cwd=Path(__file__).resolve().parents[2],
            )
        assert self._process.stdin
        self._process.stdin.write(msgspec.json.encode(Order(database.application, Ring.of(RING), version)) + b"\n")
        self._process.stdin.flush()

    def comes_to(self, position: int) -> None:
        """Waits until it has."""
        until(lambda: str(position) in self._said.read_text().split(), within=60)

    def stop(self) -> None:
        """Ends it."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()


@pytest.fixture
async def stack() -> AsyncIterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


async def test_each_release_reads_its_own_and_the_old_tables_go_with_the_old_release(
    chronicle: Chronicle, tables: Tables, database: Database, tmp_path: Path, stack: ExitStack
) -> None:
    ann, bo = person("Ann"), person("Bo")
    first = await chronicle.say(("directory.person", ann, PersonJoined(person=ann, name="Ann")))
    old = Release(tmp_path, database, 1)
    stack.callback(old.stop)
    old.comes_to(first)
    new = Release(tmp_path, database, 2)
    stack.callback(new.stop)
    new.comes_to(first)
    # Both go on, side by side.
    second = await chronicle.say(("directory.person", bo, PersonJoined(person=bo, name="Bo")))
    old.comes_to(second)
    new.comes_to(second)
    assert [tuple(row.values()) for row in await tables.rows(TABLES)] == [(OLD, second), (NEW, second)]
    for table in (OLD, NEW):
        assert {row["id"] for row in await tables.rows(f"SELECT id FROM {{s}}.{table}")} == {ann, bo}

    old.stop()
    async with asyncio.timeout(30):
        while len(await tables.rows(TABLES)) > 1:
            pass
    assert [row["table_name"] for row in await tables.rows(TABLES)] == [NEW]
    assert await tables.rows("SELECT tablename FROM pg_tables WHERE tablename LIKE %s", OLD + "%") == []
