"""The rows that this process wrote last, kept so that its own followers needn't ask the database for them."""

import time
from collections.abc import Callable, Sequence

from msgspec.structs import astuple

from application.ports.log import NewRow, Row
from infra.postgres.log.rows import make_row

ROWS = 2_000
BYTES = 8 << 20
SECONDS = 2.0
"""A row is given out for so long: what follows the log at once needs it no longer."""
PURGE = "compliance.purge_authorised.v1"
"""After such an event a row may lose its content, and is read from the database."""
SALT = 16


class Recent:
    """A stretch of the log without gaps, which ends with what was written last; rows are exactly as they are stored."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rows: list[Row] = []
        self._since: list[float] = []
        self._bytes = 0

    def wrote(self, head: int, rows: Sequence[NewRow], recorded_at: int, salts: bytes) -> None:
        """Notes rows that were committed at the positions after a head, each with 16 bytes of the salts."""
        if self._rows and self._rows[-1].position != head:
            self._clear()  # others have written meanwhile
        if any(row.type == PURGE for row in rows):
            self._clear()
            return
        now = self._clock()
        for number, row in enumerate(rows):
            *columns, effective_at = astuple(row)
            salt = salts[number * SALT : (number + 1) * SALT]
            effective_at = recorded_at if effective_at is None else effective_at
            self._rows.append(make_row((1, head + number + 1, recorded_at, effective_at, *columns, salt)))
            self._since.append(now)
            self._bytes += len(row.context) + len(row.payload)
        while self._rows and (self._since[0] < now - SECONDS or len(self._rows) > ROWS or self._bytes > BYTES):
            self._drop(-(-len(self._rows) // 2))

    def read(self, after: int, limit: int) -> list[Row] | None:
        """The rows after a position, as far as they are at hand; None where the first isn't."""
        if not self._rows:
            return None
        first = after + 1 - self._rows[0].position
        if first < 0 or first >= len(self._rows) or self._since[first] < self._clock() - SECONDS:
            return None
        return self._rows[first : first + limit]

    def _clear(self) -> None:
        self._drop(len(self._rows))

    def _drop(self, count: int) -> None:
        self._bytes -= sum(len(row.context or b"") + len(row.payload or b"") for row in self._rows[:count])
        del self._rows[:count], self._since[:count]
