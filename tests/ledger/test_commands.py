"""The ledger's commands as they are started, from the first seal to a restored backup."""

import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from infra.ledger.verifier import onrecord_verify
from infra.postgres.access import connect_as_owner
from interfaces.cli import main
from tests.ledger.databases import fill, tamper
from tests.ledger.histories import rows
from tests.support.postgres import Database
from tests.support.processes import die_with_parent
from tests.support.waiting import until

ROWS = rows(400)


class Ended(NamedTuple):
    """What a command printed."""

    stdout: str
    stderr: str


Run = Callable[..., Ended]


@pytest.fixture
def onrecord(
    clean_environment: None,
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Runs the program, in this process, on the test's database, with the keys in a folder of the test."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*words: object, code: int = 0, **settings: str) -> Ended:
        given = {"database_url": database.owner, "data_dir": str(tmp_path / "data"), **settings}
        for name, value in given.items():
            monkeypatch.setenv(f"ONRECORD_{name.upper()}", value)
        with pytest.raises(SystemExit) as ended:
            main.run([*map(str, words)])
        said = capsys.readouterr()
        assert (ended.value.code or 0) == code, said.out + said.err
        return Ended(said.out, said.err)

    return run


def verify(*words: object) -> int:
    return onrecord_verify.main([*map(str, words)])


def test_from_the_first_seal_to_proof_and_export(onrecord: Run, database: Database, tmp_path: Path) -> None:
    assert "The log is empty" in onrecord("audit", "seal").stdout
    fill(database, ROWS)
    assert "400 positions are sealed" in onrecord("audit", "seal").stdout
    told = onrecord("audit", "verify").stdout
    assert "400 positions sealed, 0 not yet" in told
    assert "The history holds" in told
    assert "from 400 on" in onrecord("audit", "verify", "--since-verified").stdout
    key = onrecord("audit", "keys").stdout.split()[1]
    proof = tmp_path / "event.tlog-proof"
    proof.write_text(onrecord("audit", "proof", ROWS[6].event_id).stdout)
    assert verify("proof", proof, "--key", key) == 0
    onrecord("audit", "export", tmp_path / "all.jsonl")
    assert verify("export", tmp_path / "all.jsonl", "--key", key) == 0


def test_what_was_changed_is_named_and_ends_with_1(onrecord: Run, database: Database) -> None:
    fill(database, ROWS)
    onrecord("audit", "seal")
    tamper(database, "UPDATE events SET actor = event_id WHERE position = 17")
    assert "wrong: position 17 is not as it was sealed" in onrecord("audit", "verify", code=1).stdout


def test_keys_change_with_an_overlap(onrecord: Run, database: Database) -> None:
    fill(database, ROWS[:100])
    onrecord("audit", "seal")
    first = onrecord("audit", "keys").stdout.split()[1]
    assert onrecord("audit", "keys", "--add").stdout.count("signs") == 2
    fill(database, ROWS[100:200])
    onrecord("audit", "seal")
    onrecord("audit", "verify", "--key", first)
    last = onrecord("audit", "keys", "--retire").stdout.split()
    assert last[0::2] == ["retired", "signs"]
    fill(database, ROWS[200:])
    onrecord("audit", "seal")
    onrecord("audit", "verify")
    assert "no signature by a known key" in onrecord("audit", "verify", "--key", first, code=1).stderr


def test_a_proof_of_nothing_is_refused_in_a_line(onrecord: Run, database: Database) -> None:
    said = onrecord("audit", "proof", ROWS[0].event_id, code=1).stderr
    assert "is sealed" in said
    assert "Traceback" not in said
    assert "no organisation 'other'" in onrecord("audit", "verify", "--organisation", "other", code=1).stderr


@pytest.fixture
def empty(database: Database) -> Iterator[str]:
    """The conninfo of an empty database beside the test's."""
    name = f"{database.name}_empty"
    with connect_as_owner(database.server) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    yield make_conninfo(database.owner, dbname=name)
    with connect_as_owner(database.server) as server:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_a_restored_backup_is_the_history_that_was_sealed(onrecord: Run, database: Database, empty: str, tmp_path: Path) -> None:
    fill(database, ROWS[:100])
    onrecord("audit", "seal")
    onrecord("backup", tmp_path / "backup")
    assert "exists already" in onrecord("backup", tmp_path / "backup", code=1).stderr
    told = onrecord("restore", tmp_path / "backup", database_url=empty).stdout
    assert "main: restored, as it was sealed last (100 positions sealed, 0 not yet)" in told
    assert "something in this database already" in onrecord("restore", tmp_path / "backup", database_url=empty, code=1).stderr


def test_an_old_backup_is_named_as_rolled_back_and_not_sealed_over(
    onrecord: Run, database: Database, empty: str, tmp_path: Path
) -> None:
    fill(database, ROWS[:100])
    onrecord("audit", "seal")
    onrecord("backup", tmp_path / "backup")
    fill(database, ROWS[100:150])
    onrecord("audit", "seal")
    told = onrecord("restore", tmp_path / "backup", database_url=empty, code=1).stdout
    assert "the log was rolled back: there is a checkpoint of 150 kept outside the database" in told
    assert "not the history that was sealed last" in told
    said = onrecord("audit", "seal", database_url=empty, code=1).stderr
    assert "a checkpoint of 150 was published, the database has one of 100: 100 positions are left" in said


def test_a_witness_runs_elsewhere_and_cosigns(onrecord: Run, database: Database, tmp_path: Path) -> None:
    fill(database, ROWS[:100])
    onrecord("audit", "seal")
    key = onrecord("audit", "keys").stdout.split()[1]
    port = free_port()
    command = [sys.executable, "-m", "interfaces.cli", "witness", "--name", "witness.example/w1", "--log", key]
    command += ["--folder", str(tmp_path / "witness"), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            (configured,) = json.loads(said.split("=", 1)[1].strip().strip("'"))
            until(lambda: _answers(port))
            assert configured.startswith(f"http://127.0.0.1:{port}/ witness.example/w1+")
        finally:
            process.terminate()
    assert (tmp_path / "witness" / "witness-key").stat().st_mode & 0o077 == 0


def free_port() -> int:
    """One that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/add-checkpoint", data=b"", timeout=1)
    except urllib.error.HTTPError as error:
        return error.code == 400
    except OSError:
        return False
    return False
