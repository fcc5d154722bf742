"""A clock that tests move: the port `Clock` of the program, ahead of this machine's."""

from datetime import datetime, timedelta

from infra.system import utc_now


class MovedClock:
    """The time now, and as much more as it was moved by. It goes on by itself, and never back."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self._ahead

    def move(self, **by: float) -> datetime:
        """Moves it on: `hours=2`. Answers the time then."""
        self._ahead += timedelta(**by)
        return self()

    def to(self, moment: datetime) -> None:
        """Moves it on to a time."""
        self._ahead += moment - self()
