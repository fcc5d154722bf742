"""What a reader of some system's export offers to the import."""

from collections.abc import Iterator
from typing import Protocol

from application.imports.records.every import AnyRecord
from application.imports.records.record import Source


class History(Protocol):
    """A history brought from elsewhere, in the order of its times.

    `total` elements are to be read and `done` have been, for a progress bar; both count what stands in the source.
    The same source gives the same records again, and one that has grown gives them with more among them.
    """

    source: Source
    total: int
    done: int

    def records(self) -> Iterator[AnyRecord]:
        """Every record, once. A thing comes before what refers to it. Raises ImportRefused."""
        ...

    def close(self) -> None: ...
