"""What an operator sees of read models: where they stand, how a rebuild goes, and what is said to what is asked wrongly."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from infra.crypto.key_file import write
from projections.engine.registry import models
from tests.support.organisations import RING
from tests.support.postgres import Database
from tests.support.serving import group_channel, serving

pytestmark = pytest.mark.anyio
MESSAGE = models()["Message"]
Asked = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def onrecord(clean_environment: None, database: Database, tmp_path: Path) -> Asked:
    """The program, on this database."""
    key_file = tmp_path / "keys"
    write(key_file, RING)
    variables = {"ONRECORD_DATABASE_URL": database.application, "ONRECORD_KEY_FILE": str(key_file), "COLUMNS": "220"}

    def ask(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "interfaces.cli", "projections", *arguments],
            env={**os.environ, **variables, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return ask


async def test_a_rebuild_says_what_it_does_and_what_came_of_it(onrecord: Asked, database: Database, tmp_path: Path) -> None:
    async with serving(database, tmp_path, ring=RING) as served:
        ann = await served.person("Ann")
        channel = (await ann.done("openChannel", "channel { id }", **group_channel("hall")))["channel"]["id"]
        await ann.done("postMessage", "message { id }", channel=channel, text="one")
        await served.level()
        past = await asyncio.to_thread(onrecord, "rebuild", "message", "--upto", "2")
        assert (past.returncode, past.stdout.splitlines()) == (
            0,
            [
                "Rebuilt up to position 2; the live rows stay as they are: Message, Thread.",
                "The rows and their history are the same as before.",
            ],
        ), past.stderr
        with psycopg.connect(database.owner, autocommit=True) as owner:
            owner.execute(f"UPDATE {database.schema}.{MESSAGE.table} SET retracted = true".encode())
        whole = await asyncio.to_thread(onrecord, "rebuild", "messages")
        assert whole.returncode == 0, whole.stderr
        assert whole.stdout.splitlines() == ["Rebuilt: Message, Thread.", "Message: 1 row was live only, 1 is new."]
        stages = [line.removeprefix("2 read models: ") for line in whole.stderr.splitlines()]
        assert [each for each in stages if " of " not in each] == [
            "reading the log",
            "making indexes",
            "making sets",
            "making indexes",
            "comparing",
            "taking over",
        ]
        listed = await asyncio.to_thread(onrecord, "list")
        assert "Rebuilt to" not in listed.stdout
        with psycopg.connect(database.owner, autocommit=True) as owner:
            broken_off = "INSERT INTO {s}.projections (table_name, model, version, shape, position, rebuilds) VALUES"
            for table, position in ((f"{MESSAGE.table}_rebuild", 7), (f"{MESSAGE.table}_rebuild/0", 9)):
                owner.execute(f"{broken_off.format(s=database.schema)} ('{table}', 'Message', 1, '', {position}, true)".encode())
        listed = await asyncio.to_thread(onrecord, "list")
        [line] = [line for line in listed.stdout.splitlines() if line.startswith("│ Message ")]
        assert ("Rebuilt to" in listed.stdout, line.split()[-2]) == (True, "9")


async def test_what_is_asked_wrongly_is_answered_in_words(onrecord: Asked, database: Database, tmp_path: Path) -> None:
    def said(*arguments: str) -> tuple[int, str]:
        answer = onrecord(*arguments)
        assert "Traceback" not in answer.stderr
        return answer.returncode, answer.stderr.splitlines()[0]

    assert said("rebuild", "mesages") == (1, "error: There is no read model mesages. Did you mean Message or MessageEdit?")
    assert said("rebuild", "xyz") == (1, "error: There is no read model xyz.")
    assert said("rebuild", "message") == (1, "error: Message has no table yet: a running server makes and fills it")
    assert said("rebuild", "message", "--upto", "99") == (1, "error: The log ends at position 0.")
    row = "01890a5d-ac96-774b-bcce-b302099a8057"
    assert said("quarantine", "release", "Message", row) == (1, f"error: nothing is held for the Message {row}")
    nothing = onrecord("list")
    assert "aren't filled yet" in nothing.stderr
    assert "│ Message " in nothing.stdout
