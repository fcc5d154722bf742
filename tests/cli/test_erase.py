"""An operator erases a person."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.crypto.key_file import write
from tests.support.organisations import RING, ask, opened, person, post, settle
from tests.support.postgres import Database

pytestmark = pytest.mark.anyio
BO = person("bo")


def onrecord(database: Database, key_file: Path, *arguments: str, answer: str = "") -> subprocess.CompletedProcess[str]:
    variables = {"ONRECORD_DATABASE_URL": database.application, "ONRECORD_KEY_FILE": str(key_file), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "interfaces.cli", "erase", str(BO), *arguments],
        env={**os.environ, **variables, "NO_COLOR": "1"},
        input=answer,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


async def test_a_person_is_erased_once_it_is_confirmed(clean_environment: None, database: Database, tmp_path: Path) -> None:
    key_file = tmp_path / "keys"
    write(key_file, RING)
    async with opened(database) as organisation:
        await settle(organisation, "ann", "bo")
        await ask(organisation, post("one"), BO)
        assert len(await organisation.keys.of(BO)) == 2

        unknown = await asyncio.to_thread(onrecord, database, key_file, "--ground", "whim", "--yes")
        assert (unknown.returncode, "requested, retention_ended, unlawful" in unknown.stderr) == (2, True)
        declined = await asyncio.to_thread(onrecord, database, key_file, "--ground", "requested", answer="n\n")
        assert declined.returncode == 1
        assert len(await organisation.keys.of(BO)) == 2

        done = await asyncio.to_thread(onrecord, database, key_file, "--ground", "requested", answer="y\n")
        assert (done.returncode, "2 keys destroyed" in done.stdout) == (0, True), done.stderr
        assert await organisation.keys.of(BO) == []
        again = await asyncio.to_thread(onrecord, database, key_file, "--ground", "requested", "--yes")
        assert (again.returncode, "There are no keys" in again.stdout) == (0, True)
