"""What a process does with commands, counted in passing: cheap enough for each of them, and read when operators ask."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence


class Counts:
    """Commands by type and outcome (`done`, `repeated`, or the refusal's name), and decisions taken again, by reason."""

    def __init__(self) -> None:
        self.commands: Counter[tuple[str, str]] = Counter()
        self.again: Counter[str] = Counter()


class Spread:
    """How values spread: how many were at most each bound, how many in all, and their sum."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.sum = 0.0
        self._counts = [0] * (len(self.bounds) + 1)

    def add(self, value: float) -> None:
        """Counts a value."""
        self._counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def cumulative(self) -> list[int]:
        """How many were at most each bound; the last is how many there were."""
        found, total = [], 0
        for count in self._counts:
            total += count
            found.append(total)
        return found
