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
def people(clean_environment: None, database: Database, tmp_path: Path) -> Run:
    """Runs `onrecord people` on the test's database."""
    write(tmp_path / "keys", RING)
    variables = {"ONRECORD_DATABASE_URL": database.application, "ONRECORD_KEY_FILE": str(tmp_path / "keys")}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "interfaces.cli", "people", *arguments],
            env={**os.environ, **variables, "COLUMNS": "200", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def test_the_first_administrator_is_added_once(people: Run) -> None:
    words = ("add", "王芳", "--email", "Wang@example.com", "--administrator")
    first = people(*words)
    assert first.returncode == 0, first.stderr
    assert people(*words).stdout == first.stdout, "the same address is the same person"
    other = people("add", "Somebody Else", "--email", "wang@EXAMPLE.com")
    assert (other.returncode, other.stderr.startswith("error: IdTaken: ")) == (1, True)


def test_what_can_be_no_name_or_address_is_refused_in_a_line(people: Run) -> None:
    for words in (("add", " "), ("add", "Bo", "--email", "nowhere")):
        told = people(*words)
        assert (told.returncode, told.stderr.count("\n")) == (2, 1), told.stderr


def test_whoever_was_imported_is_appointed_by_name_once_there_is_a_read_model(people: Run) -> None:
    told = people("appoint", "Ann")
    assert (told.returncode, "Run the server first: `onrecord up`." in told.stderr) == (1, True)
