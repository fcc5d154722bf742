"""Rates as one process counts them: the generic cell rate algorithm (GCRA), one number for a user."""

import time
from collections.abc import Callable

from application.ports.rates import Rate, Taken

MOST = 100_000
"""Users that are remembered before those are forgotten whose points are all there again."""


class MemoryRates:
    """Fulfils application.ports.rates.Rates for this process alone."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._whole_at: dict[str, float] = {}

    async def take(self, user: str, points: int, rate: Rate) -> Taken:
        """See Rates.take."""
        now, each = self._now(), rate.seconds / rate.points
        whole_at = max(self._whole_at.get(user, now), now)
        then = whole_at + min(points, rate.points) * each
        wait = then - now - rate.seconds
        if wait > 1e-9:
            return Taken(False, int((rate.seconds - (whole_at - now)) / each + 1e-6), whole_at - now, wait)
        if len(self._whole_at) >= MOST:
            self._whole_at = {known: at for known, at in self._whole_at.items() if at > now}
        self._whole_at[user] = then
        return Taken(True, int((rate.seconds - (then - now)) / each + 1e-6), then - now)
