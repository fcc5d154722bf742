"""Time and new identifiers: the only two things that a decision can't compute from what happened."""

from datetime import datetime
from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """The time now, in UTC."""

    def __call__(self) -> datetime: ...


class Identifiers(Protocol):
    """A new random identifier: UUIDv7, so that rows made together lie together (RFC 9562)."""

    def __call__(self) -> UUID: ...
