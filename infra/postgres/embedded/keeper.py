"""The keeper: a process of its own that runs the postmaster for as long as anybody needs it.

Every process that needs the server holds the users' lock shared. The keeper stops the server when it gets that lock alone, which
is also how it learns that the last user was killed. If the postmaster is killed, the keeper starts it again; if the keeper is
killed, the kernel tells the postmaster to stop, and the next user (or the watch of a present one) starts another keeper.

Run as `python -m infra.postgres.embedded.keeper HOME OPTIONS`; writes one word to its standard output: that the server is ready,
or that it has failed for a reason that the log tells.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from infra.postgres.embedded.account import ENVIRONMENT, account_for
from infra.postgres.embedded.binaries import Binaries, find_binaries, within_reach
from infra.postgres.embedded.cluster import ensure_cluster
from infra.postgres.embedded.errors import EmbeddedPostgresError, ServerDidNotStart
from infra.postgres.embedded.layout import Layout
from infra.postgres.embedded.locks import FileLock
from infra.postgres.embedded.status import is_ready, postmaster

READY = b"ready\n"
FAILED = b"failed\n"
_LOOK_EVERY = 0.2
# How long a new postmaster may go on failing after one that was killed: its backends keep the shared memory for a moment.
_PATIENCE = 10.0
_PR_SET_PDEATHSIG = 1
# Loaded before any fork: what runs between fork and exec may not import.
_LINUX: bool = sys.platform == "linux"
_libc = ctypes.CDLL(None) if _LINUX else None


class Keeper:
    """Runs one server until nobody uses it or it is told to stop."""

    def __init__(self, layout: Layout, options: Mapping[str, str]) -> None:
        self.layout = layout
        self.options = options
        self.told_to_stop = False
        self._woken, wakes = os.pipe()
        os.set_blocking(wakes, False)
        os.set_blocking(self._woken, False)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for told in (signal.SIGTERM, signal.SIGINT):
            signal.signal(told, self._stop)

    def run(self) -> None:
        """Keeps the server until it isn't needed. Raises EmbeddedPostgresError if it can't be started, or not any more."""
        with FileLock(self.layout.keeper_lock) as own, FileLock(self.layout.users_lock) as users:
            own.alone(within=30)
            had_predecessor = self._await_end_of_predecessor()
            self.layout.make_sockets_folder()
            binaries = within_reach(find_binaries(), self.layout.account, self.layout.runtime)
            ensure_cluster(self.layout, binaries, durable=self.options.get("fsync") != "off")
            give_up_at = time.monotonic() + (_PATIENCE if had_predecessor else 0)
            while not self._finished(users):
                if self._serve(binaries, users):
                    give_up_at = time.monotonic() + _PATIENCE
                elif time.monotonic() > give_up_at:
                    raise ServerDidNotStart("PostgreSQL ended before it was ready.")
                else:
                    self._pause()
            self._remove_distant_sockets()

    def _serve(self, binaries: Binaries, users: FileLock) -> bool:
        """One life of a postmaster; whether another may go better: this one was ready once, or was killed."""
        server = self._start(binaries)
        was_ready = False
        while server.poll() is None:
            if not was_ready and postmaster(self.layout) == server.pid and is_ready(self.layout):
                was_ready = True
                _announce(READY)
            if self._finished(users):
                server.send_signal(signal.SIGINT)  # a fast shutdown: ends sessions, writes a checkpoint
                server.wait()
                return True
            self._pause(0.02 if not was_ready else _LOOK_EVERY)
        return was_ready or server.returncode < 0

    def _start(self, binaries: Binaries) -> subprocess.Popen[bytes]:
        account = self.layout.account
        options = {**self.options, "unix_socket_directories": str(self.layout.sockets)}
        return subprocess.Popen(
            [binaries.postgres, "-D", self.layout.cluster, *(f"--{name}={value}" for name, value in options.items())],
            cwd="/",
            env=ENVIRONMENT,
            user=account.as_user,
            group=account.as_group,
            extra_groups=account.as_groups,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            stderr=sys.stderr,
            preexec_fn=_stop_with_parent,
        )

    def _finished(self, users: FileLock) -> bool:
        """Whether to stop. Keeps the users' lock when nobody is left, so that a newcomer waits for our end."""
        return self.told_to_stop or users.try_alone()

    def _await_end_of_predecessor(self) -> bool:
        """Stops a postmaster whose keeper was killed; the kernel told it already on Linux, elsewhere nobody has.

        Answers whether an earlier server didn't end in order.
        """
        pid = postmaster(self.layout)
        begun = time.monotonic()
        while pid is not None and _runs_in(pid, self.layout.cluster):
            waited = time.monotonic() - begun
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT if waited < 15 else signal.SIGQUIT)
            if waited > 30:
                raise ServerDidNotStart(f"the server of an earlier run (process {pid}) doesn't end")
            self._pause(0.1)
        return pid is not None

    def _remove_distant_sockets(self) -> None:
        """Leaves nothing in the temporary folder."""
        if not self.layout.sockets.is_relative_to(self.layout.home):
            with contextlib.suppress(OSError):
                self.layout.sockets.rmdir()

    def _pause(self, seconds: float = _LOOK_EVERY) -> None:
        """Waits, but not longer than until the next signal: a child that ended, or an order to stop."""
        if select.select([self._woken], [], [], seconds)[0]:
            with contextlib.suppress(BlockingIOError):
                os.read(self._woken, 4096)

    def _stop(self, *_: object) -> None:
        self.told_to_stop = True


def _runs_in(pid: int, cluster: Path) -> bool:
    """Whether the process is a postmaster of this cluster, and not one that got its number later."""
    if _LINUX:
        try:
            return Path(f"/proc/{pid}/cwd").samefile(cluster)
        except OSError:
            return False
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _stop_with_parent() -> None:
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def _announce(word: bytes) -> None:
    """Tells who started us, if they still listen; then their pipe becomes the log, like everything else we write."""
    with contextlib.suppress(BrokenPipeError):
        os.write(1, word)
    os.dup2(2, 1)


def _become_nobodys_child() -> None:
    """Leaves the process that started us, which would otherwise have to collect our end and take its terminal's signals."""
    if os.fork():
        os._exit(0)
    os.setsid()


def main(home: str, options: str) -> int:
    """Keeps the server in `home` with the options given as JSON. Answers the exit code."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    _become_nobodys_child()
    folder = Path(home)
    try:
        Keeper(Layout(folder, account_for(folder / "cluster")), json.loads(options)).run()
    except EmbeddedPostgresError as error:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
        _announce(FAILED)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
