"""What a rebuild needs: a log that is read by parts, and a store in which tables can be filled beside the live ones."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol

from application.ports.log import LogReader, Row
from projections.engine.members import Declared
from projections.engine.store import ModelChanged, Slot, Store


class RebuildRuns(Exception):
    """Another process rebuilds this model now."""


class NotFollowed(ModelChanged):
    """A model has no live table yet, or it hasn't come as far as was asked for."""


class Difference(NamedTuple):
    """How the rebuilt rows of a model differ from the live ones at the same position: so many are in one of both only."""

    model: str
    live_only: int
    rebuilt_only: int


class PartReader(LogReader, Protocol):
    """A log that is read by parts."""

    async def part(
        self,
        after: int,
        limit: int,
        upto: int,
        digits: str,
        everywhere: Collection[str],
        wanted: Collection[str],
        others: Collection[str],
    ) -> Sequence[Row]:
        """As `read`, but only rows of types `everywhere`, and, of streams that end with one of these digits, all but `others`.

        What is neither wanted nor among the others is of a type that this release doesn't know. `wanted` are looked for first:
        they are few.
        """
        ...


class Moment(Protocol):
    """An instant in which the live tables stand still."""

    positions: Mapping[Slot, int]
    """The checkpoints of the live tables, by the slot that is rebuilt."""

    async def swap(self) -> None:
        """Puts the rebuilt tables in the place of the live ones, at the end of the instant; quarantine ends with the old ones."""
        ...

    async def snapshot(self) -> "Snapshot":
        """A view of both as they are in this instant, to be looked at afterwards."""
        ...


class Snapshot(Protocol):
    """Both tables as they were in one instant."""

    async def compare(self, ahead: Mapping[Slot, int]) -> Sequence[Difference]:
        """How they differ, with their histories; a model with no difference isn't named.

        What was rebuilt `ahead` of the live rows is taken as of these positions, where they are; where it keeps no history it is
        passed over.
        """
        ...

    async def close(self) -> None: ...


class RebuildStore(Store, Protocol):
    """A store in which tables can be rebuilt."""

    def rebuilding(self, models: Collection[Declared]) -> AbstractAsyncContextManager[Mapping[Slot, int]]:
        """The slots to fill, with their checkpoints: those of a rebuild that was broken off are continued.

        For one process at a time. Raises RebuildRuns, ModelChanged, StoreUnavailable.
        """
        ...

    async def stale(self, models: Collection[Declared]) -> Sequence[Declared]:
        """Those that lack values which can be read again. Raises StoreUnavailable."""
        ...

    async def divide(self, slots: Collection[Slot], parts: Sequence[str]) -> Mapping[Slot, Collection[Slot]]:
        """Of each slot its parts: those of a rebuild that was broken off, else new ones with these digits, at its checkpoint."""
        ...

    async def unite(self, slots: Collection[Slot], position: int) -> None:
        """Makes slots whole again, all of whose parts have come to a position."""
        ...

    async def anew(self, slot: Slot) -> None:
        """Empties a slot, which begins at 0 and has no parts."""
        ...

    async def finish(self, slots: Collection[Slot]) -> None:
        """Makes the indexes that filling does without."""
        ...

    async def past(self, slots: Collection[Slot], position: int) -> Sequence[Difference]:
        """How these slots, filled up to a position, differ from what the live tables keep of it; those that don't aren't named.

        Models that keep no history are passed over. Raises StoreUnavailable.
        """
        ...

    async def drop(self, slots: Collection[Slot]) -> None:
        """Drops what was filled, and what was noted of it."""
        ...

    def moment(self, slots: Collection[Slot]) -> AbstractAsyncContextManager[Moment]:
        """Lets the live tables of these models stand still, at most some seconds. Raises StoreUnavailable."""
        ...
