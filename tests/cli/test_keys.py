"""A new epoch from begin to end, as the operator does it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from infra.crypto.data_key import new_secret
from infra.crypto.key_file import read, read_or_create
from infra.crypto.wrapping import Wrapping
from tests.support.postgres import ORGANISATION_ID, Database

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A key file of one epoch."""
    path = tmp_path / "keys"
    read_or_create(path)
    return path


@pytest.fixture
def keys(clean_environment: None, database: Database, key_file: Path) -> Run:
    """Runs `onrecord keys`."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        variables = {"ONRECORD_DATABASE_URL": database.owner, "ONRECORD_KEY_FILE": str(key_file)}
        return subprocess.run(
            [sys.executable, "-m", "interfaces.cli", "keys", *arguments],
            env={**os.environ, **variables, "COLUMNS": "200", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def test_a_new_epoch(keys: Run, key_file: Path, database: Database) -> None:
    first, key, secret = read(key_file), uuid4(), new_secret()
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO org_main_keys.data_keys VALUES (%s, %s, %s, %s)",
            (key, key, *Wrapping(first, ORGANISATION_ID).wrap(key, secret)),
        )
    refused = keys("retire", "1")
    assert (refused.returncode, "Epoch 1 can't go" in refused.stderr) == (1, True)
    assert "Epoch 2 is current" in keys("new-epoch").stdout
    refused = keys("retire", "1")
    assert (refused.returncode, "1 of main" in refused.stderr) == (1, True)
    assert keys("rewrap").stdout == "main: 1 keys moved\n"
    shown = keys("status").stdout
    assert "current" in shown
    assert keys("retire", "1").returncode == 0
    last = read(key_file)
    assert (last.current, list(last.epochs), last.pseudonyms) == (2, [2], first.pseudonyms)
    with psycopg.connect(database.owner) as owner:
        [(epoch, wrapped)] = owner.execute("SELECT epoch, wrapped FROM org_main_keys.data_keys").fetchall()
    assert Wrapping(last, ORGANISATION_ID).unwrap(key, epoch, wrapped) == secret


def test_an_absent_key_file_is_said_in_one_line(keys: Run, key_file: Path) -> None:
    key_file.unlink()
    told = keys("status")
    assert (told.returncode, told.stdout) == (1, "")
    assert "There is no key file" in told.stderr
    assert "Traceback" not in told.stderr
