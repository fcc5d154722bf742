"""A whole deployment on this machine: a PostgreSQL of its own, and processes of `onrecord up` that can be killed and started."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import httpx2

from infra.crypto.key_file import read_or_create
from infra.postgres.access import Access
from infra.postgres.embedded import EmbeddedPostgres
from infra.postgres.embedded.layout import Layout, layout_of
from infra.postgres.embedded.status import postmaster
from interfaces.bootstrap.database import migrate_database
from interfaces.settings import Settings
from tests.support.postgres import ORGANISATION
from tests.support.processes import die_with_parent
from tests.support.waiting import until

_PROJECT = Path(__file__).resolve().parents[2]


class ApiProcess:
    """`onrecord up` on a port that stays the same whenever it is started again."""

    def __init__(self, settings: Settings, log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._log = log
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ONRECORD_")},
            "ONRECORD_DATABASE_URL": str(settings.database_url),
            "ONRECORD_DATA_DIR": str(settings.data_dir),
            "ONRECORD_DEV_ISSUER": "1",
            "ONRECORD_COST_PER_MINUTE": "0",
        }
        self._running: subprocess.Popen[bytes] | None = None
        self.starts = 0

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it; it doesn't answer yet."""
        command = [sys.executable, "-m", "interfaces.cli", "up", "--port", str(self.port)]
        said: IO[bytes]
        with self._log.open("ab") as said:
            self._running = subprocess.Popen(
                command, cwd=_PROJECT, env=self._environment, stdout=said, stderr=said, preexec_fn=die_with_parent
            )
        self.starts += 1

    def ended(self) -> bool:
        """Whether it isn't running: killed, or, where the database was away when it started, given up."""
        return self._running is None or self._running.poll() is not None

    def answers(self) -> bool:
        """Whether requests are served: it listens a while before that."""
        return self._status("/healthz") == 200

    def is_ready(self) -> bool:
        """Whether the process itself says that all is well, down to what runs in its background."""
        return self._status("/readyz") == 200

    def _status(self, path: str) -> int | None:
        try:
            return httpx2.get(f"{self.url}{path}", timeout=5).status_code
        except httpx2.TransportError:
            return None

    def kill(self) -> None:
        """Ends it at once."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()

    def stop(self) -> int:
        """Ends it as an operator does; its exit code."""
        assert self._running is not None
        self._running.send_signal(signal.SIGTERM)
        return self._running.wait(timeout=30)

    def said(self) -> list[str]:
        """The lines of its log, over all its lives."""
        return self._log.read_text(errors="replace").splitlines()


class Deployment:
    """The processes, their server and the ways into its database."""

    def __init__(self, folder: Path, server: EmbeddedPostgres, access: Access, processes: int) -> None:
        self.folder, self.server, self.access = folder, server, access
        self.place: Layout = layout_of(folder / "server")
        self.settings = Settings(database_url=access.application, data_dir=folder / "data", dev_issuer=True)
        self.apis = [ApiProcess(self.settings, folder / f"api-{number}.log") for number in range(processes)]

    @property
    def urls(self) -> Sequence[str]:
        """Where the processes answer."""
        return [api.url for api in self.apis]

    def kill_server(self, how: signal.Signals) -> None:
        """Kills PostgreSQL; whoever keeps it starts it again."""
        pid = postmaster(self.place)
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, how)

    def answering(self) -> list[ApiProcess]:
        """The processes that answer now."""
        return [api for api in self.apis if not api.ended() and api.answers()]

    def revive(self) -> None:
        """Starts every process that has ended: it was killed, or it gave up because the database was away."""
        for api in self.apis:
            if api.ended():
                api.start()

    def start(self) -> None:
        """Starts every process that isn't running, and waits until all answer."""

        def all_answer() -> bool:
            self.revive()
            return len(self.answering()) == len(self.apis)

        until(all_answer, within=120)


@contextmanager
def deployed(folder: Path, processes: int) -> Iterator[Deployment]:
    """A prepared database on a durable server, and so many processes, not started yet. Nothing of it is left."""
    (folder / "server").mkdir()
    with EmbeddedPostgres(folder / "server") as server:
        access = Access.on_server_of_ours(server.start(), "verification")
        migrate_database(access, ORGANISATION)
        deployment = Deployment(folder, server, access, processes)
        read_or_create(deployment.settings.keys)
        try:
            yield deployment
        finally:
            for api in deployment.apis:
                api.kill()
