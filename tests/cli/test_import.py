"""onrecord import, as the operator does it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.crypto.key_file import read_or_create
from tests.imports.slack_exports import ANN, DAY, export, folder, said, zipped
from tests.support.postgres import Database

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def import_slack(clean_environment: None, database: Database, tmp_path: Path) -> Run:
    """Runs `onrecord import slack`."""
    read_or_create(tmp_path / "keys")

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        variables = {"ONRECORD_DATABASE_URL": database.owner, "ONRECORD_KEY_FILE": str(tmp_path / "keys")}
        return subprocess.run(
            [sys.executable, "-m", "interfaces.cli", "import", "slack", *map(str, arguments)],
            env={**os.environ, **variables, "COLUMNS": "200", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def test_an_import_from_begin_to_end(import_slack: Run, tmp_path: Path) -> None:
    path = zipped(tmp_path / "export.zip", export({f"general/{DAY}.json": [said(1, ANN, "hi"), said(2, "", "[bold]")]}))
    dry = import_slack(path, "--dry-run")
    assert (dry.returncode, "would be taken" in dry.stdout) == (0, True)
    first = import_slack(path, "--report", tmp_path / "report.jsonl")
    assert (first.returncode, first.stderr.strip()) == (0, "")
    assert "12 events are new" in first.stdout
    assert f"general/{DAY}.json:8: nobody is named as its author" in first.stdout
    told = [json.loads(line) for line in (tmp_path / "report.jsonl").read_text().splitlines()]
    assert [each["place"]["line"] for each in told] == [8]
    assert "Everything was there already." in import_slack(path).stdout


def test_a_refused_export_is_one_line_and_ends_with_1(import_slack: Run, tmp_path: Path) -> None:
    refused = import_slack(zipped(tmp_path / "export.zip", export({"../users.json": []})))
    assert (refused.returncode, "error: ../users.json: a name that leads out" in refused.stderr) == (1, True)
    assert "Traceback" not in refused.stderr
    nowhere = import_slack(tmp_path / "nowhere")
    assert (nowhere.returncode, "no such file or folder" in nowhere.stderr) == (1, True)


def test_a_file_that_breaks_off_is_named_and_the_rest_is_taken(import_slack: Run, tmp_path: Path) -> None:
    days = {f"general/{DAY}.json": b'[{"ts": "', "general/2024-03-05.json": [said(90_000, ANN, "still here")]}
    result = import_slack(folder(tmp_path / "export", export(days)))
    assert result.returncode == 1
    assert f"general/{DAY}.json:1: it is not JSON" in result.stdout
    assert "messages" in result.stdout


def test_another_organisation_is_named(import_slack: Run, tmp_path: Path) -> None:
    result = import_slack(folder(tmp_path / "export", export()), "--organisation", "nobody")
    assert (result.returncode, "There is no organisation 'nobody'" in result.stderr) == (1, True)
