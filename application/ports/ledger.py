"""The sealed history as others may see it (docs/reference/ledger-format.md)."""

from typing import Protocol
from uuid import UUID


class Ledger(Protocol):
    """One organisation's published tree."""

    async def checkpoint(self) -> str | None:
        """The last published checkpoint as a signed note, with what witnesses said of it; None before the first."""
        ...

    async def resource(self, path: str) -> bytes | None:
        """A tile or an entry bundle by its path (`tile/…`); None for what isn't published or isn't such a path."""
        ...

    async def proof(self, event_id: UUID) -> str | None:
        """That an event is in the log, as a tlog-proof with its entry; None where it isn't sealed yet or doesn't exist."""
        ...

    async def receipt(self, event_id: UUID) -> str | None:
        """A signed promise to seal an event that was recorded; None where it doesn't exist.

        A receipt whose event isn't in a checkpoint made after its time is evidence that the event was removed.
        """
        ...

    async def seal(self) -> int:
        """Seals all that is recorded now, at once: the size of the tree. Raises SealingRefused."""
        ...


class SealingRefused(Exception):
    """Nothing is signed, because the log isn't the one that was sealed before; says why. An operator is needed."""
