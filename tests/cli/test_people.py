"""The first people of an organisation: nobody in it could add them."""

import csv
import json
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


def test_of_many_faults_the_first_and_their_kinds_are_shown_and_all_are_in_a_file(onrecord: Run, tmp_path: Path) -> None:
    table, errors = tmp_path / "people.csv", tmp_path / "errors.csv"
    rows = [f"{n},{'' if n % 2 else 'Ann'},{'=x' if n % 5 == 0 else ''}" for n in range(2, 5_002)]
    table.write_text("\n".join(("工号,姓名,上级", *reversed(rows))), encoding="utf-8")
    told = onrecord("import", "people", str(table), "--dry-run", "--errors", str(errors))
    assert told.returncode == 1
    assert len(told.stdout.splitlines()) < 60, "a screen or two"
    assert told.stderr.startswith("error: people.csv: 3,500 faults in 3,000 rows, of which 40 are shown."), told.stderr
    assert all(figure in told.stdout for figure in ("2,500", "1,000", "nothing there", "unknown"))
    [header, *found] = csv.reader(errors.read_text(encoding="utf-8-sig").splitlines())
    assert header == ["row", "column", "kind", "what is wrong"]
    assert len(found) == 3_500
    assert [int(row) for row, *_ in found] == sorted(int(row) for row, *_ in found)
    assert ["3", "上级", "unknown", "nobody is known as =x"] in found
    assert ["2", "姓名", "nothing there", "there is no name"] in found
    shown = json.loads(onrecord("import", "people", str(table), "--dry-run", "--json").stdout)
    assert (shown["fault_count"], shown["fault_rows"], len(shown["faults"])) == (3_500, 3_000, 1_000)
    assert shown["fault_kinds"] == [
        {"column": "姓名", "kind": "nothing there", "count": 2_500},
        {"column": "上级", "kind": "unknown", "count": 1_000},
    ]


def test_an_error_file_that_cannot_be_written_is_told_in_a_line(onrecord: Run, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_text("工号,姓名\n1,\n", encoding="utf-8")
    told = onrecord("import", "people", str(table), "--dry-run", "--errors", str(tmp_path / "nowhere" / "errors.csv"))
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.startswith("error: ")
    assert "1 fault in 1 row" in onrecord("import", "people", str(table), "--dry-run").stderr
