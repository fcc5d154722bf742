"""What a moment means for the log: the position that it names."""

from datetime import datetime
from typing import NamedTuple, Protocol


class Moment(NamedTuple):
    """A position of the log, and the greatest `effective_at` up to it; None at position 0, before anything was recorded.

    `asked` is the time that was asked for, where it was one: grants end by time, without an event.
    """

    position: int
    time: datetime | None
    asked: datetime | None = None

    @property
    def now(self) -> datetime | None:
        """What time it was."""
        return self.asked or self.time


class NotYet(Exception):
    """The log hasn't come so far, or the time hasn't: says which. The same question has an answer later."""


class Moments(Protocol):
    """Finds the position that somebody asks for. Every method raises LogUnavailable."""

    async def at(self, position: int) -> Moment:
        """That position itself. Raises NotYet beyond the log's last one."""
        ...

    async def recorded(self, time: datetime) -> Moment:
        """The last position that was recorded at or before a time; 0 before the first. Raises NotYet for a time to come."""
        ...

    async def effective(self, time: datetime) -> Moment:
        """The last position whose moment isn't later than a time; 0 before the first. Raises NotYet for a time to come."""
        ...
