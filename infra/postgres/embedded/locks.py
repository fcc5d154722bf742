"""Locks that end with the process that holds them, whatever ends it."""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self


class LockTimeout(Exception):
    """Somebody else held the lock for too long."""


class FileLock:
    """An advisory lock on a file (flock): shared by many, or held by one alone. Not for use by two threads at once."""

    def __init__(self, path: Path) -> None:
        # Root and the account share no files here: whoever starts the server first owns its locks.
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.path = path

    def try_share(self) -> bool:
        """Takes it shared, if nobody holds it alone."""
        return self._try(fcntl.LOCK_SH)

    def try_alone(self) -> bool:
        """Takes it alone, if nobody else holds it."""
        return self._try(fcntl.LOCK_EX)

    def share(self, within: float) -> None:
        """Takes it shared within so many seconds. Raises LockTimeout."""
        self._wait(fcntl.LOCK_SH, within)

    def alone(self, within: float) -> None:
        """Takes it alone within so many seconds. Raises LockTimeout."""
        self._wait(fcntl.LOCK_EX, within)

    def let_go(self) -> None:
        """Gives it up and keeps the file open."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Gives it up for good. May be called twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _wait(self, kind: int, within: float) -> None:
        end = time.monotonic() + within
        while not self._try(kind):
            if time.monotonic() > end:
                raise LockTimeout(f"{self.path} was held for over {within:g} s")
            time.sleep(0.02)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock alone at this moment."""
    with FileLock(path) as lock:
        return not lock.try_share()
