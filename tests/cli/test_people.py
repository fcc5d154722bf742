"""The first people of an organisation: nobody in it could add them."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.crypto.key_file import write
from tests.support.organisations import RING
from tests.support.postgres import Database

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def onrecord(clean_environment: None, database: Database, tmp_path: Path) -> Run:
    """Runs the program on the test's database, where no server runs."""
    write(tmp_path / "keys", RING)
    variables = {"ONRECORD_DATABASE_URL": database.application, "ONRECORD_KEY_FILE": str(tmp_path / "keys")}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "interfaces.cli", *arguments],
            env={**os.environ, **variables, "COLUMNS": "200", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def test_the_first_administrator_is_added_once(onrecord: Run) -> None:
    words = ("people", "add", "王芳", "--email", "Wang@example.com", "--administrator")
    first = onrecord(*words)
    assert first.returncode == 0, first.stderr
    assert onrecord(*words).stdout == first.stdout, "the same address is the same person"
    other = onrecord("people", "add", "Somebody Else", "--email", "wang@EXAMPLE.com")
    assert (other.returncode, other.stderr.startswith("error: IdTaken: ")) == (1, True)


def test_what_can_be_no_name_or_address_is_refused_in_a_line(onrecord: Run) -> None:
    for words in (("people", "add", " "), ("people", "add", "Bo", "--email", "nowhere")):
        told = onrecord(*words)
        assert (told.returncode, told.stderr.count("\n")) == (2, 1), told.stderr


def test_somebody_is_found_by_name_though_no_server_has_ever_run(onrecord: Run) -> None:
    told = onrecord("people", "appoint", "Ann")
    assert (told.returncode, told.stderr.startswith("error: Nobody is called Ann.")) == (1, True), told.stderr
    onrecord("people", "add", "Ann Lee")
    told = onrecord("people", "appoint", "Ann")
    assert told.returncode == 0, told.stderr
    assert "administers main" in told.stdout


def test_a_table_is_brought_in_by_name_though_no_server_has_ever_run(onrecord: Run, tmp_path: Path) -> None:
    onrecord("people", "add", "王芳 Wang Fang", "--administrator")
    table = tmp_path / "people.csv"
    table.write_text("工号,姓名\n1,沈云帆\n", encoding="utf-8")
    done = onrecord("import", "people", str(table), "--by", "Wang")
    assert (done.returncode, "Done as one act" in done.stdout) == (0, True), done.stderr
    again = onrecord("import", "people", str(table), "--by", "Wang")
    assert "Everything is so already." in again.stdout
