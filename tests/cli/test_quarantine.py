"""What waits in quarantine is shown without further words, and let go by row."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from infra.crypto.key_file import write
from interfaces.graphql.ids import local_key
from projections.engine.registry import models
from tests.support.organisations import RING
from tests.support.postgres import Database
from tests.support.serving import group_channel, serving

pytestmark = pytest.mark.anyio
MESSAGE = models()["Message"]
HELD = "INSERT INTO {s}.quarantine VALUES ('{table}', '{key}', 1, 'messaging.message_edited.v1', 'RowMissing: it is not there')"


def onrecord(database: Database, key_file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {"ONRECORD_DATABASE_URL": database.application, "ONRECORD_KEY_FILE": str(key_file), "COLUMNS": "220"}
    return subprocess.run(
        [sys.executable, "-m", "interfaces.cli", "projections", "quarantine", *arguments],
        env={**os.environ, **variables, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


async def test_it_is_listed_without_a_word_and_released_by_row(
    clean_environment: None, database: Database, tmp_path: Path
) -> None:
    key_file = tmp_path / "keys"
    write(key_file, RING)
    async with serving(database, tmp_path, ring=RING) as served:
        ann = await served.person("Ann")
        channel = (await ann.done("openChannel", "channel { id }", **group_channel("hall")))["channel"]["id"]
        said = (await ann.done("postMessage", "message { id }", channel=channel, text="one"))["message"]["id"]
        row = str(local_key(said, "Message"))
        await served.level()
        nothing = await asyncio.to_thread(onrecord, database, key_file)
        assert (nothing.returncode, nothing.stdout.strip()) == (0, "Nothing is in quarantine."), nothing.stderr
        with psycopg.connect(database.owner, autocommit=True) as owner:
            owner.execute(HELD.format(s=database.schema, table=MESSAGE.table, key=row).encode())
        for words in ((), ("list",), ("--organisation", "main")):
            shown = await asyncio.to_thread(onrecord, database, key_file, *words)
            assert (shown.returncode, row in shown.stdout) == (0, True), shown.stderr
            assert "RowMissing: it is not there" in shown.stdout
        released = await asyncio.to_thread(onrecord, database, key_file, "release", "Message", row)
        assert (released.returncode, released.stdout.strip()) == (0, "1 event applied."), released.stderr
        assert (await asyncio.to_thread(onrecord, database, key_file)).stdout.strip() == "Nothing is in quarantine."
