"""The clock of the log: what it shows is recorded for ever, so it doesn't run back and doesn't jump unnoticed."""

import time
from typing import NamedTuple

from application.ports.log import ClockJumped

LARGEST_JUMP = 5 * 60 * 1_000_000
"""Microseconds by which the database's clock may leave ours, or the log's last time lie in its future."""

# The time since boot counts a suspended machine's sleep as well, as the clock on the wall does.
_SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def monotonic() -> int:
    """Microseconds of a clock that nobody sets."""
    return time.clock_gettime_ns(_SINCE_BOOT) // 1000


class Reading(NamedTuple):
    """The clocks as they were under the log's lock, in microseconds; times of the database since 1970.

    `last` is the log's last recorded_at (None: empty log); `agreement` the number of the operator's last agreement, 0 if there
    is none, and `agreed` the log's last recorded_at at that agreement.
    """

    clock: int
    monotonic: int
    last: int | None
    agreement: int
    agreed: int | None


class ClockGuard:
    """Decides under which time the log may record. One for each writer."""

    def __init__(self) -> None:
        self._before: Reading | None = None

    def time_of(self, reading: Reading) -> int:
        """The recorded_at for now: the database's clock, or the log's last time while the clock is behind that.

        Raises ClockJumped if the clock went by more than five minutes otherwise than ours since the reading before, unless an
        operator has agreed since; and if the log's last time is more than five minutes ahead, unless one agreed to that time.
        """
        before = self._before
        if before is not None:
            jump = (reading.clock - before.clock) - (reading.monotonic - before.monotonic)
            if abs(jump) > LARGEST_JUMP and reading.agreement == before.agreement:
                raise ClockJumped(f"The database's clock jumped by {jump / 60e6:+.1f} minutes; an operator must agree to it.")
        if reading.last is not None and reading.last - reading.clock > LARGEST_JUMP and (reading.agreed or 0) < reading.last:
            ahead = (reading.last - reading.clock) / 60e6
            raise ClockJumped(f"The database's clock is {ahead:.1f} minutes behind the log's last entry; an operator must agree.")
        self._before = reading
        return max(reading.clock, reading.last or reading.clock)

    def window(self, monotonic: int) -> tuple[int, int] | None:
        """Between which times the database's clock needs no agreement now; None where it was not read before."""
        if self._before is None:
            return None
        expected = self._before.clock + monotonic - self._before.monotonic
        return expected - LARGEST_JUMP, expected + LARGEST_JUMP

    def showed(self, clock: int, monotonic: int) -> None:
        """Notes a reading that was found to lie in the window."""
        if self._before is not None:
            self._before = self._before._replace(clock=clock, monotonic=monotonic)
