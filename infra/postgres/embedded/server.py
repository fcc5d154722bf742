"""The handle of a process on the embedded server."""

import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from infra.postgres.embedded import keeper
from infra.postgres.embedded.errors import EmbeddedPostgresError, ServerDidNotStart
from infra.postgres.embedded.layout import Layout, layout_of
from infra.postgres.embedded.locks import FileLock, LockTimeout, is_held
from infra.postgres.embedded.options import DURABLE
from infra.postgres.embedded.status import is_ready

_SOURCES = Path(__file__).resolve().parents[3]
_LARGEST_LOG = 8 * 1024 * 1024
_WATCH_EVERY = 0.5


class EmbeddedPostgres:
    """A PostgreSQL server in a data directory, shared by all processes that name the same one.

    It runs from the first `start` to the last `stop`, or the end of the last process that started it, whatever ended that.
    While started, the handle watches over the keeper and replaces one that was killed; connections must be opened anew then.
    The options are those of whoever came first. Works as root (the server runs as an unprivileged account) and as a user.
    """

    def __init__(self, data_dir: Path | str, options: Mapping[str, str] = DURABLE) -> None:
        self._data_dir = Path(data_dir)
        self._options = options
        self._layout: Layout | None = None
        self._use: FileLock | None = None
        self._stopping = threading.Event()
        self._watch: threading.Thread | None = None

    def start(self, timeout: float = 60) -> str:
        """Starts or joins the server within `timeout` seconds; answers the superuser's conninfo. Raises EmbeddedPostgresError."""
        if self._use is not None and self._layout is not None:
            return self._layout.conninfo
        layout = layout_of(self._data_dir)
        end = time.monotonic() + timeout
        use = None
        try:
            use = FileLock(layout.users_lock)
            use.share(within=timeout)  # waits for a server that is just stopping
            _ensure_kept(layout, self._options, end)
        except BaseException as error:
            if use is not None:
                use.close()
            raise _readable(error, layout) from error
        self._layout, self._use = layout, use
        self._stopping.clear()
        self._watch = threading.Thread(target=self._keep_kept, args=(layout,), name="embedded-postgres", daemon=True)
        self._watch.start()
        return layout.conninfo

    def stop(self, timeout: float = 20) -> None:
        """Gives the server up. If nobody else uses it, waits up to `timeout` seconds for its orderly end."""
        if self._use is None or self._layout is None or self._watch is None:
            return
        self._stopping.set()
        self._watch.join(timeout)
        self._use.close()
        self._use = None
        end = time.monotonic() + timeout
        while is_held(self._layout.keeper_lock) and not _used_by_others(self._layout) and time.monotonic() < end:
            time.sleep(0.02)

    def _keep_kept(self, layout: Layout) -> None:
        while not self._stopping.wait(_WATCH_EVERY):
            if not is_held(layout.keeper_lock):
                try:
                    _ensure_kept(layout, self._options, time.monotonic() + 60)
                except (EmbeddedPostgresError, LockTimeout, OSError) as error:
                    with layout.log.open("a") as log:
                        log.write(f"could not be started again: {error}\n")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def _ensure_kept(layout: Layout, options: Mapping[str, str], end: float) -> None:
    """Sees to it that there is a keeper and that its server is ready. One process at a time looks, and starts what is missing."""
    with FileLock(layout.start_lock) as starting:
        starting.alone(within=_until(end))
        # More than once round where a keeper is just replacing its server, is stopping by order, or was killed meanwhile.
        while not (is_held(layout.keeper_lock) and is_ready(layout)):
            if time.monotonic() > end:
                raise ServerDidNotStart("it wasn't ready in time")
            if is_held(layout.keeper_lock):
                time.sleep(0.02)
            else:
                _start_keeper(layout, options, end)


def _start_keeper(layout: Layout, options: Mapping[str, str], end: float) -> None:
    """Starts one and hears what becomes of it. Raises ServerDidNotStart if it gives up; if it is killed, nothing."""
    if layout.log.exists() and layout.log.stat().st_size > _LARGEST_LOG:
        layout.log.replace(layout.log.with_suffix(".log.1"))
    with layout.log.open("ab") as log:
        said_before = log.tell()
        # -P: the folder we are in isn't searched for modules. Ours are found where this module was found.
        started = subprocess.Popen(
            [sys.executable, "-P", "-m", keeper.__name__, str(layout.home), json.dumps(dict(options))],
            cwd="/",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(_SOURCES), os.environ.get("PYTHONPATH")]))},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    with started:
        said = _first_words(started.stdout, end)
    if said == keeper.FAILED:
        raise ServerDidNotStart(_end_of_log(layout, said_before))


def _first_words(pipe: IO[bytes] | None, end: float) -> bytes:
    """What comes through the pipe; nothing when the other end was killed, or stayed silent too long."""
    if pipe is None or not select.select([pipe], [], [], _until(end))[0]:
        return b""
    return os.read(pipe.fileno(), len(keeper.FAILED))


def _until(end: float) -> float:
    return max(0.0, end - time.monotonic())


def _used_by_others(layout: Layout) -> bool:
    with FileLock(layout.users_lock) as users:
        return not users.try_alone() and users.try_share()


def _end_of_log(layout: Layout, said_before: int) -> str:
    with layout.log.open("rb") as log:
        log.seek(said_before)
        return log.read()[-2000:].decode(errors="replace").strip()


def _readable(error: BaseException, layout: Layout) -> BaseException:
    match error:
        case ServerDidNotStart():
            return ServerDidNotStart(f"The embedded PostgreSQL didn't start: {error}\nIts log: {layout.log}")
        case LockTimeout():
            return ServerDidNotStart(
                f"The embedded PostgreSQL didn't start: {error}. Is another process starting or stopping it?"
            )
        case PermissionError():
            return EmbeddedPostgresError(
                f"{layout.home} belongs to another user ({error}); set ONRECORD_DATA_DIR to a directory of yours."
            )
        case _:
            return error
