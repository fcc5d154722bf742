"""Kills of who follows the log and of who rebuilds, while 1,000 events a second arrive: the tables are as if nothing had been.

ONRECORD_VERIFICATION_KILLS says how many (`make verification` asks for 200).
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from infra.crypto.key_file import read_or_create
from infra.postgres.access import Access, connect_as_owner
from infra.postgres.embedded import EmbeddedPostgres
from infra.postgres.migrations import create_organisation
from tests.support.clusters import reachable_folder
from tests.support.postgres import ORGANISATION, ORGANISATION_ID
from tests.support.processes import die_with_parent
from tests.support.waiting import until
from tests.verification import accounts

KILLS = int(os.environ.get("ONRECORD_VERIFICATION_KILLS", "4"))
REBUILDS = 1
PATIENCE = 300
"""Seconds for what takes ten on a machine that does nothing else."""
SILENT, TALKING = signal.SIGUSR1, signal.SIGUSR2
REST = 20
"""Kills of one after which the others catch up."""


class Worker:
    """A projection_process, started again whenever it was killed, and the lines of all its lives."""

    def __init__(self, what: str, folder: Path, dsn: str) -> None:
        self._command = [sys.executable, "-m", "tests.verification.projection_process", what, dsn, str(folder / "keys.toml")]
        self._lines = folder / f"{what}.lines"
        self._log = folder / f"{what}.log"
        self._running: subprocess.Popen[bytes] | None = None
        self.lives = 0

    def start(self) -> None:
        """Starts it."""
        root = Path(__file__).resolve().parents[2]
        with self._lines.open("ab") as lines, self._log.open("ab") as log:
            self._running = subprocess.Popen(self._command, stdout=lines, stderr=log, preexec_fn=die_with_parent, cwd=root)
        self.lives += 1

    def kill(self) -> None:
        """Ends it at once, if it runs."""
        if self._running is not None:
            assert self._running.poll() is None, f"it ended by itself:\n{self._log.read_text()}"
            self._running.kill()
            self._running.wait()
            self._running = None

    def signal(self, number: signal.Signals) -> None:
        """Stops it for a while, or lets it go on."""
        assert self._running is not None
        self._running.send_signal(number)

    def said(self) -> list[dict[str, Any]]:
        """What it said; a kill may have cut a line off, and the next life's first stands behind it."""
        if not self._lines.exists():
            return []
        lines = self._lines.read_text().splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}\n") and line.count("{") == 1]

    def at(self) -> int:
        """The last position that it told."""
        return next((line["at"] for line in reversed(self.said()) if "at" in line), 0)

    def rebuilt(self) -> list[list[str]]:
        """The differences found by each rebuild that came to its end."""
        return [line["differences"] for line in self.said() if "differences" in line]


class Place:
    """A durable server, and who works on it."""

    def __init__(self, folder: Path, access: Access) -> None:
        self.access = access
        self.writer, self.follower, self.rebuilder = (
            Worker(what, folder, access.application) for what in ("write", "follow", "rebuild")
        )

    def level(self) -> None:
        """Waits until the live tables have come to the log's end, which stands still."""
        with connect_as_owner(self.access.owner) as owner:
            until(lambda: not accounts.behind(owner), within=PATIENCE)

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        with connect_as_owner(self.access.owner) as owner:
            accounts.nothing_is_held(owner)
            return accounts.tables(owner)

    def folded_in_one_go(self) -> dict[str, list[dict[str, Any]]]:
        """The tables as a follower makes them from nothing, undisturbed."""
        self.follower.kill()
        with connect_as_owner(self.access.owner) as owner:
            owner.execute(f"DELETE FROM {accounts.OURS}.projections WHERE rebuilds")
            _drop_rebuilt(owner)
            accounts.forget_tables(owner)
        self.follower.start()
        self.level()
        return self.tables()


@contextmanager
def place() -> Iterator[Place]:
    with reachable_folder() as folder:
        (folder / "server").mkdir()
        read_or_create(folder / "keys.toml")
        with EmbeddedPostgres(folder / "server") as server:
            access = Access.on_server_of_ours(server.start(), "kills")
            with connect_as_owner(access.owner) as owner:
                create_organisation(owner, ORGANISATION, ORGANISATION_ID)
            found = Place(folder, access)
            try:
                yield found
            finally:
                for worker in (found.writer, found.follower, found.rebuilder):
                    worker.kill()


@pytest.mark.timeout(600 + 10 * KILLS)
def test_killed_anywhere_live_and_rebuilt_tables_come_to_the_same() -> None:
    chance = random.Random(20_260_104)
    with place() as here:
        for worker in (here.writer, here.follower):
            worker.start()
        until(lambda: here.follower.at() > 0, within=60)
        here.rebuilder.start()
        for _ in range(KILLS):
            victim = chance.choice([here.follower, here.rebuilder])
            here.writer.signal(TALKING)
            before, some = victim.at(), chance.randrange(3)
            # After some news, or at once: while it connects, makes tables or takes over.
            until(lambda before=before, some=some, victim=victim: not some or victim.at() != before, within=60)  # type: ignore[misc]
            victim.kill()
            # To start takes a while, and the log is to have as many events as kills ask for, not as seconds pass.
            here.writer.signal(SILENT)
            victim.start()
            if victim.lives % REST == 0:
                _rest(here)
        here.writer.kill()
        done = len(here.rebuilder.rebuilt())
        until(lambda: len(here.rebuilder.rebuilt()) > done + 1, within=PATIENCE)
        here.rebuilder.kill()
        here.level()
        assert [differences for differences in here.rebuilder.rebuilt() if differences] == []
        live = here.tables()
        assert here.folded_in_one_go() == live
        rows = sum(map(len, live.values()))
        print(json.dumps({"kills": KILLS, "rebuilds": len(here.rebuilder.rebuilt()), "rows": rows}))  # noqa: T201


@pytest.mark.timeout(300)
def test_a_rebuild_while_a_thousand_events_a_second_arrive_ends_equal_to_live() -> None:
    with place() as here:
        for worker in (here.writer, here.follower):
            worker.start()
        until(lambda: here.follower.at() > 0, within=60)
        begun, since = here.writer.at(), time.monotonic()
        here.rebuilder.start()
        until(lambda: len(here.rebuilder.rebuilt()) >= REBUILDS, within=120)
        arrived, seconds = here.writer.at() - begun, time.monotonic() - since
        here.writer.kill()
        here.rebuilder.kill()
        here.level()
        assert [differences for differences in here.rebuilder.rebuilt() if differences] == []
        live = here.tables()
        assert here.folded_in_one_go() == live
        assert arrived > 500
        print(json.dumps({"arrived": arrived, "a second": round(arrived / seconds), "rebuilds": len(here.rebuilder.rebuilt())}))  # noqa: T201


def _rest(here: Place) -> None:
    """Lets the others catch up with the writer, which is silent: it is faster than somebody who is killed all the time."""
    done = len(here.rebuilder.rebuilt())
    until(lambda: len(here.rebuilder.rebuilt()) > done, within=PATIENCE)
    here.level()


def _drop_rebuilt(owner: psycopg.Connection) -> None:
    left = owner.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename LIKE '%%\\_rebuild%%'", (accounts.OURS,)
    ).fetchall()
    for (table,) in left:
        owner.execute(f"DROP TABLE {accounts.OURS}.{table} CASCADE".encode())
