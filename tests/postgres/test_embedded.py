"""The embedded server: shared by processes, gone with the last of them, back after any of its parts was killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest

from infra.postgres.embedded import DURABLE, THROWAWAY, EmbeddedPostgres, EmbeddedPostgresError, layout
from infra.postgres.embedded.errors import DirectoryUnusable
from infra.postgres.embedded.layout import Layout, layout_of
from infra.postgres.embedded.locks import is_held
from infra.postgres.embedded.status import is_ready, postmaster
from tests.support.clusters import reachable_folder
from tests.support.processes import die_with_parent
from tests.support.waiting import until

USER = """
import sys
from infra.postgres.embedded import THROWAWAY, EmbeddedPostgres
EmbeddedPostgres(sys.argv[1], THROWAWAY).start()
print("started", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder that the unprivileged account reaches, unlike pytest's own."""
    with reachable_folder() as folder:
        yield folder


@pytest.fixture
def server(data_dir: Path) -> Iterator[EmbeddedPostgres]:
    """A started server in `data_dir`."""
    with EmbeddedPostgres(data_dir, THROWAWAY) as server:
        yield server


def another_user(data_dir: Path) -> subprocess.Popen[str]:
    """A process that uses the server until its input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    return process


def keeper_of(place: Layout) -> int:
    """The process that keeps the server: the parent of the postmaster."""
    server = postmaster(place)
    status = Path(f"/proc/{server}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("PPid:")))


def answers(conninfo: str) -> bool:
    try:
        with psycopg.connect(conninfo, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


def is_replaced(place: Layout, old: int | None) -> bool:
    return postmaster(place) not in (None, old) and is_ready(place)


def is_stopped(place: Layout) -> bool:
    return postmaster(place) is None and not is_held(place.keeper_lock)


def test_text_is_utf8_ordered_by_code_point_and_chinese_has_trigrams(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.start()) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        row = connection.execute(
            "SELECT current_setting('server_encoding'), 'Z' < 'a', cardinality(show_trgm('上海')) > 0"
        ).fetchone()
    assert row == ("UTF8", True, True)


def test_content_of_failing_statements_stays_out_of_the_log(server: EmbeddedPostgres, data_dir: Path) -> None:
    with psycopg.connect(server.start(), autocommit=True) as connection:
        connection.execute("CREATE TABLE notes (text text UNIQUE)")
        connection.execute("INSERT INTO notes VALUES ('a secret')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO notes VALUES ('a secret')")
    log = layout_of(data_dir).log.read_text()
    assert "duplicate key" in log
    assert "a secret" not in log


def test_processes_share_one_server_until_the_last_has_gone(data_dir: Path) -> None:
    place = layout_of(data_dir)
    first = another_user(data_dir)
    running = postmaster(place)
    with EmbeddedPostgres(data_dir, THROWAWAY) as second:
        assert postmaster(place) == running
        first.communicate("")
        assert answers(second.start())
    assert is_stopped(place)


def test_a_user_that_is_killed_leaves_no_server_behind(data_dir: Path) -> None:
    place = layout_of(data_dir)
    user = another_user(data_dir)
    user.kill()
    user.communicate()
    assert until(lambda: is_stopped(place))


def test_what_was_committed_is_there_after_any_part_was_killed(data_dir: Path) -> None:
    place = layout_of(data_dir)
    with EmbeddedPostgres(data_dir, {**DURABLE, "autovacuum": "off"}) as server:
        conninfo = server.start()
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (round integer)")
        for round_, victims in enumerate([("postmaster",), ("keeper",), ("keeper", "postmaster")]):
            with psycopg.connect(conninfo, autocommit=True) as connection:
                connection.execute("INSERT INTO kept VALUES (%s)", (round_,))
                pids = {"postmaster": postmaster(place), "keeper": keeper_of(place)}
                for victim in victims:
                    pid = pids[victim]
                    assert pid is not None
                    os.kill(pid, signal.SIGKILL)
                until(partial(is_replaced, place, pids["postmaster"]))
            assert answers(conninfo)
        with psycopg.connect(conninfo) as connection:
            assert connection.execute("SELECT round FROM kept ORDER BY round").fetchall() == [(0,), (1,), (2,)]
    assert is_stopped(place)


def test_a_newcomer_takes_over_from_a_killed_keeper(data_dir: Path) -> None:
    place = layout_of(data_dir)
    user = another_user(data_dir)
    keeper = keeper_of(place)
    user.kill()  # first, so that nobody watches over the keeper
    os.kill(keeper, signal.SIGKILL)
    user.communicate()
    with EmbeddedPostgres(data_dir, THROWAWAY) as server:
        assert answers(server.start())
    assert is_stopped(place)


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels don't tell a child that its parent was killed")
def test_user_and_keeper_killed_together_leave_no_server_behind(data_dir: Path) -> None:
    place = layout_of(data_dir)
    user = another_user(data_dir)
    server = postmaster(place)
    os.kill(keeper_of(place), signal.SIGKILL)
    user.kill()
    user.communicate()
    assert until(lambda: not Path(f"/proc/{server}").exists())


def test_it_is_started_again_by_the_same_handle(server: EmbeddedPostgres, data_dir: Path) -> None:
    server.stop()
    assert is_stopped(layout_of(data_dir))
    assert answers(server.start())


def test_a_deep_folder_has_its_socket_elsewhere(data_dir: Path) -> None:
    deep = data_dir / ("d" * 60) / ("e" * 60)
    place = layout_of(deep)
    with EmbeddedPostgres(deep, THROWAWAY) as server:
        assert answers(server.start())
        assert place.sockets.stat().st_mode & 0o777 == 0o700
    assert not place.sockets.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
def test_root_keeps_the_cluster_of_a_private_folder_where_the_server_reaches_it(
    tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "_STATE_OF_ROOT", data_dir)
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    with EmbeddedPostgres(private / "data", THROWAWAY) as server:
        assert answers(server.start())
        assert (private / "data" / "postgres").readlink().parent == data_dir
    assert private.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
def test_nobody_else_enters_the_folder_of_the_socket(server: EmbeddedPostgres, data_dir: Path) -> None:
    assert answers(server.start())
    assert layout_of(data_dir).sockets.stat().st_mode & 0o777 == 0o700


def test_missing_programs_are_named(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_POSTGRES_BIN", "/nowhere")
    with pytest.raises(EmbeddedPostgresError, match=r"No PostgreSQL programs in /nowhere\. Install"):
        EmbeddedPostgres(data_dir).start()


def test_a_server_that_refuses_its_options_says_why(data_dir: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="shared_bluffers"):
        EmbeddedPostgres(data_dir, {**THROWAWAY, "shared_bluffers": "1"}).start()
    assert is_stopped(layout_of(data_dir))


def test_a_cluster_of_another_version_is_left_alone(server: EmbeddedPostgres, data_dir: Path) -> None:
    server.stop()
    version = layout_of(data_dir).cluster / "PG_VERSION"
    version.write_text("14\n")
    with pytest.raises(EmbeddedPostgresError, match=r"made by PostgreSQL 14, .*pg_upgrade"):
        server.start()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DirectoryUnusable, match="ONRECORD_DATA_DIR"):
        EmbeddedPostgres(tmp_path / "file").start()
