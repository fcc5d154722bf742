"""How much of something one user may take in a time."""

from typing import NamedTuple, Protocol


class Rate(NamedTuple):
    """So many points in so many seconds; what wasn't taken for that long may be taken at once."""

    points: int
    seconds: float = 60.0


class Taken(NamedTuple):
    """Whether the points were taken; how many are left now, and in how many seconds all are there again.

    `wait`: after how many seconds the same may be taken; 0 where it was.
    """

    allowed: bool
    remaining: int
    reset: float
    wait: float = 0.0


class Rates(Protocol):
    """Counts what users take. Whatever happens it answers: what can't be counted together is counted by each process alone."""

    async def take(self, user: str, points: int, rate: Rate) -> Taken:
        """Takes points, or nothing where there are too few. More than the rate has in all is taken as if it were just that."""
        ...
