"""Reading the read models by statements that were compiled from what was asked."""

from collections.abc import Sequence
from typing import Protocol

SqlValue = str | list[str] | None
"""A parameter in the text form of its type; a list for an array."""


class ReadUnavailable(Exception):
    """The database can't be reached now, or has no connection to spare."""


class ReadTooLong(Exception):
    """The statement was ended because it took longer than it may."""


class Queries(Protocol):
    """Runs compiled statements."""

    async def value(self, sql: str, values: Sequence[SqlValue]) -> str | None:
        """The one text that a statement gives; `values` are for `$1`, `$2` …

        Raises ReadUnavailable, ReadTooLong.
        """
        ...
