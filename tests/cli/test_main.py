"""The program as it is started: exit codes, one readable line for an error, no traceback."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from infra.postgres.access import connect_as_owner
from interfaces.cli import main
from tests.support.postgres import Database
from tests.support.valkey import Valkey

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def onrecord(clean_environment: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the program with these arguments and settings."""

    def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        variables = {f"ONRECORD_{name.upper()}": value for name, value in settings.items()}
        return subprocess.run(
            [sys.executable, "-m", "interfaces.cli", *arguments],
            env={**os.environ, **variables, "COLUMNS": "200", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def test_help_lists_every_command(onrecord: Run) -> None:
    listed = onrecord("--help")
    assert listed.returncode == 0
    assert [name for name in main.command_names() if name not in listed.stdout] == []


@pytest.mark.parametrize("name", main.command_names())
def test_every_command_can_be_asked_for_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.run([name, "--help"])
    assert (ended.value.code or 0, f" {name} [OPTIONS]" in capsys.readouterr().out) == (0, True)


def test_the_version_is_told(onrecord: Run) -> None:
    told = onrecord("--version")
    assert (told.returncode, told.stdout.count(".")) == (0, 2)


def test_health_of_a_prepared_database(onrecord: Run, database: Database, valkey: Valkey) -> None:
    told = onrecord("health", database_url=database.application, redis_url=valkey.url)
    assert told.returncode == 0, told.stdout
    assert "main" in told.stdout
    assert told.stdout.count("good") == 4


def test_health_finds_what_is_missing(onrecord: Run, database: Database) -> None:
    told = onrecord("health", database_url="host=127.0.0.1 port=1", redis_url="redis://127.0.0.1:1")
    assert told.returncode == 1
    assert told.stdout.count("failed") >= 2
    assert told.stderr == ""


def test_health_of_nothing_makes_nothing(onrecord: Run, tmp_path: os.PathLike[str]) -> None:
    told = onrecord("health", data_dir=str(tmp_path))
    assert told.returncode == 1
    assert "onrecord migrate" in told.stdout
    assert not os.listdir(tmp_path)  # noqa: PTH208 (a PathLike)


def test_migrating_twice(onrecord: Run, database: Database) -> None:
    told = onrecord("migrate", "--organisation", "second", database_url=database.owner)
    assert told.returncode == 0
    assert "org_second: 0001" in told.stdout
    again = onrecord("migrate", "--organisation", "second", database_url=database.owner)
    assert again.stdout == "Nothing to do: the database is up to date.\n"


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        (["health"], {"port": "x"}, "error: ONRECORD_PORT: "),
        (["migrate", "--organisation", "[bold]Ä"], {}, "error: '[bold]Ä' can't be an organisation's name"),
        (["migrate"], {"database_url": "host=127.0.0.1 port=1"}, "error: The database can't be reached"),
        (["up"], {"database_url": "{server}"}, "error: The database isn't prepared. Run `onrecord migrate`"),
        (["up"], {"data_dir": "/nowhere"}, "error: There is no key file /nowhere/keys."),
    ],
)
def test_an_error_is_one_line(
    onrecord: Run, database: Database, arguments: list[str], settings: dict[str, str], said: str
) -> None:
    meant = {name: value.replace("{server}", database.server) for name, value in settings.items()}
    told = onrecord(*arguments, **{"database_url": database.owner, **meant})
    assert told.returncode == 1
    assert told.stderr.startswith(said)
    assert told.stderr.count("\n") == 1


def test_an_unforeseen_error_is_one_line_and_a_hint(
    clean_environment: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> None:
        raise ZeroDivisionError("by [nought]")

    monkeypatch.setattr(main, "build", fail)
    with pytest.raises(SystemExit) as ended:
        main.run(["health"])
    assert ended.value.code == 70
    assert capsys.readouterr().err == "error: ZeroDivisionError: by [nought]\nhint:  ONRECORD_DEBUG=1 shows where.\n"
    monkeypatch.setenv("ONRECORD_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main.run(["health"])


def test_an_operator_agrees_to_the_clock(onrecord: Run, database: Database) -> None:
    agreed = onrecord("clock", "agree", "--reason", "NTP was off", "--by", "hua", database_url=database.application)
    assert (agreed.returncode, agreed.stdout) == (0, "hua agreed. The writers go on by themselves.\n")
    with connect_as_owner(database.owner) as owner:
        assert owner.execute("SELECT agreed_by, reason FROM org_main.clock_agreements").fetchall() == [("hua", "NTP was off")]
