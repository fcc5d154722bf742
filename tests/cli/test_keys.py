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
from infra.crypto.key_file import KeyFileUnusable, read, read_or_create
from infra.crypto.wrapping import Wrapping
from interfaces.bootstrap.keys import key_ring
from interfaces.settings import Settings
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


def test_a_key_file_is_made_where_nothing_was_wrapped_with_another(keys: Run, key_file: Path, database: Database) -> None:
    there_already = keys("create")
    assert (there_already.returncode, "there already" in there_already.stderr) == (1, True)
    ring = read(key_file)
    key_file.unlink()
    assert keys("create").returncode == 0
    assert read(key_file) != ring
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute("INSERT INTO org_main_keys.data_keys VALUES (%s, %s, 1, %s)", (uuid4(), uuid4(), bytes(60)))
    key_file.unlink()
    refused = keys("create")
    assert (refused.returncode, "The data keys of main were wrapped with another key file" in refused.stderr) == (1, True)
    assert not key_file.exists()


def test_only_the_embedded_database_gets_a_key_file_by_itself(database: Database, tmp_path: Path) -> None:
    embedded = Settings(data_dir=tmp_path)
    with pytest.raises(KeyFileUnusable, match="onrecord keys create"):
        key_ring(Settings(data_dir=tmp_path, database_url=database.owner), database.access)
    ring = key_ring(embedded, database.access)
    assert key_ring(embedded, database.access) == ring == read(embedded.keys)
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute("INSERT INTO org_main_keys.data_keys VALUES (%s, %s, 1, %s)", (uuid4(), uuid4(), bytes(60)))
    embedded.keys.unlink()
    with pytest.raises(KeyFileUnusable, match="There is no key file"):
        key_ring(embedded, database.access)


def test_without_migrations_it_says_what_to_run(keys: Run, key_file: Path, database: Database) -> None:
    key_file.unlink()
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute("DROP SCHEMA onrecord CASCADE")
    told = keys("create")
    assert (told.returncode, "Run `onrecord migrate`" in told.stderr) == (1, True)


def test_an_absent_key_file_is_said_in_one_line(keys: Run, key_file: Path) -> None:
    key_file.unlink()
    told = keys("status")
    assert (told.returncode, told.stdout) == (1, "")
    assert "There is no key file" in told.stderr
    assert "Traceback" not in told.stderr
