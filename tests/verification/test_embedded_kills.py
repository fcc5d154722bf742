"""Two hundred kills of any part of the embedded server, while processes write: nothing acknowledged is lost, nothing is left."""

import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO

import psycopg
import pytest

from infra.postgres.embedded import EmbeddedPostgres
from infra.postgres.embedded.layout import Layout, layout_of
from infra.postgres.embedded.locks import is_held
from infra.postgres.embedded.status import postmaster
from tests.support.clusters import reachable_folder
from tests.support.processes import die_with_parent
from tests.support.waiting import until

KILLS = 200
WRITERS = 3
# Inserts, and says so when it is committed; goes on after every loss.
WRITER = """
import sys, time, psycopg
from infra.postgres.embedded import EmbeddedPostgres
conninfo = EmbeddedPostgres(sys.argv[1]).start()
while True:
    try:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            while True:
                row = connection.execute("INSERT INTO kept VALUES (DEFAULT) RETURNING id").fetchone()
                print(row[0], flush=True)
                time.sleep(0.01)
    except psycopg.OperationalError:
        time.sleep(0.05)
"""


class Writers:
    """Processes that write, each with what it was told is written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._said: list[IO[str]] = []
        self.running: list[subprocess.Popen[str]] = []

    def add(self) -> None:
        said = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed when it has been read)
        self._said.append(said)
        self.running.append(
            subprocess.Popen(
                [sys.executable, "-c", WRITER, str(self._folder)], stdout=said, preexec_fn=die_with_parent, text=True
            )
        )

    def kill(self, count: int) -> None:
        """Kills some and waits for their end. Fails if one had ended by itself."""
        for writer in self.running[:count]:
            writer.kill()
            assert writer.wait() == -signal.SIGKILL
        del self.running[:count]

    def said(self) -> int:
        """How many bytes all of them have said so far."""
        return sum(os.fstat(said.fileno()).st_size for said in self._said)

    def have_said(self, enough: int) -> bool:
        return self.said() > enough

    def acknowledged(self) -> Iterator[int]:
        """Every row of which a writer was told that it is committed; the last line may have been cut off."""
        for said in self._said:
            said.seek(0)
            yield from (int(line) for line in said if line.endswith("\n"))
            said.close()


def kill(place: Layout, victims: str) -> None:
    server = postmaster(place)
    try:
        status = Path(f"/proc/{server}/status").read_text()
        keeper = int(next(line.split()[1] for line in status.splitlines() if line.startswith("PPid:")))
        for name, pid in (("keeper", keeper), ("server", server)):
            if name in victims and pid not in (None, 1):
                os.kill(pid, signal.SIGKILL)
    except (FileNotFoundError, ProcessLookupError):
        pass  # it ended while we looked


@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_and_nothing_is_left() -> None:
    chance = random.Random(20_260_101)
    with reachable_folder() as folder:
        place = layout_of(folder)
        with EmbeddedPostgres(folder) as server, psycopg.connect(server.start(), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (id bigserial PRIMARY KEY)")
        writers = Writers(folder)
        for _ in range(WRITERS):
            writers.add()
        for _ in range(KILLS):
            until(partial(writers.have_said, writers.said() + chance.randrange(200)), within=60)
            match chance.choice(["keeper", "server", "keeper and server", "one writer", "all writers"]):
                case "one writer":
                    writers.kill(1)
                case "all writers":
                    writers.kill(WRITERS)
                case victims:
                    kill(place, victims)
            while len(writers.running) < WRITERS:
                writers.add()
        writers.kill(WRITERS)
        until(lambda: not is_held(place.keeper_lock), within=60)
        with EmbeddedPostgres(folder) as server, psycopg.connect(server.start()) as connection:
            kept = {row[0] for row in connection.execute("SELECT id FROM kept")}
        acknowledged = set(writers.acknowledged())
        assert acknowledged <= kept
        assert len(acknowledged) > KILLS
