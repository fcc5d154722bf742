"""The memory of a witness: per log, the last checkpoint that it cosigned, moved forward by compare-and-set alone."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Protocol

from infra.ledger import checkpoint
from infra.ledger.checkpoint import Checkpoint


class Heads(Protocol):
    """What a witness remembers."""

    def latest(self, origin: str) -> Checkpoint | None:
        """The last one cosigned, if any."""
        ...

    def advance(self, after: Checkpoint | None, new: Checkpoint) -> bool:
        """Stores `new` durably if `after` is still the latest of its log, in one step; whether it was."""
        ...


class HeadFile:
    """One SQLite file; several processes and threads may share it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        with closing(self._open()) as database:
            database.execute("CREATE TABLE IF NOT EXISTS head (origin TEXT PRIMARY KEY, checkpoint TEXT NOT NULL) STRICT")

    def latest(self, origin: str) -> Checkpoint | None:
        with closing(self._open()) as database:
            return _latest(database, origin)

    def advance(self, after: Checkpoint | None, new: Checkpoint) -> bool:
        with closing(self._open()) as database:
            database.execute("BEGIN IMMEDIATE")
            if _latest(database, new.origin) != after:
                database.execute("ROLLBACK")
                return False
            database.execute("INSERT OR REPLACE INTO head VALUES (?, ?)", (new.origin, new.text))
            database.execute("COMMIT")
            return True

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._file, isolation_level=None, timeout=10)
        # A cosignature that was given must never be forgotten, after a loss of power either.
        database.execute("PRAGMA synchronous = EXTRA")
        return database


def _latest(database: sqlite3.Connection, origin: str) -> Checkpoint | None:
    row = database.execute("SELECT checkpoint FROM head WHERE origin = ?", (origin,)).fetchone()
    return None if row is None else checkpoint.parse(row[0])
