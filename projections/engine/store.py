"""What the engine needs of a database: tables of rows with their versions, checkpoints and quarantine, changed together."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from projections.engine.members import Declared
from projections.engine.model import Model

ValueKeys = tuple[UUID | None, ...]
"""The data keys that a row's personal values were sealed with, in the order of its personal columns."""


class Stored(NamedTuple):
    """A row as it holds since a position."""

    row: Model
    keys: ValueKeys
    since: int


class Version(NamedTuple):
    """A row as it held from one position until another, which is the one that changed it."""

    row: Model
    keys: ValueKeys
    since: int
    until: int


class Slot(NamedTuple):
    """A table that a model's rows are kept in: the live one, or the one that a rebuild fills; or a `part` of such a table."""

    model: Declared
    table: str
    part: str = ""

    @property
    def checkpoint(self) -> str:
        """Under which name its position is kept."""
        return f"{self.table}/{self.part}" if self.part else self.table


class Wanted(NamedTuple):
    """Rows to load: by their ids, and by the values of relations."""

    slot: Slot
    ids: Collection[UUID]
    lookups: Mapping[str, Collection[UUID]]


class Held(NamedTuple):
    """An event that a row couldn't take. `error` says why; None: it waits behind one that failed."""

    key: UUID
    position: int
    type: str
    error: str | None


class Changes(NamedTuple):
    """What a batch of events came to in one table. `inserted` rows aren't stored yet; `updated` and `deleted` ones are."""

    slot: Slot
    inserted: Sequence[Stored]
    updated: Sequence[Stored]
    deleted: Collection[UUID]
    closed: Sequence[Version]
    held: Sequence[Held]


class Overtaken(Exception):
    """Another follower has moved these checkpoints meanwhile: read them again."""


class Unforeseen(Exception):
    """What a batch took for granted isn't so: a row that it makes is there already, or one is held. Nothing was written."""


class Refused(Exception):
    """The database can't make a set's rows as of a position: says of which key, and what fails, without values."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"position {position}, {reason}")
        self.position = position


class StoreUnavailable(Exception):
    """The database can't be reached now; a batch that was under way took effect entirely or not at all."""


class ModelChanged(Exception):
    """A model's columns are other than those of its table, and its version is the same."""


class Batch(Protocol):
    """A transaction that moves checkpoints and changes rows."""

    async def load(self, wanted: Sequence[Wanted]) -> tuple[Sequence[Sequence[Stored]], Mapping[str, frozenset[UUID]]]:
        """Of each table the rows that are there; and the keys in quarantine, by table.

        Where nothing is wanted, what is in quarantine may be taken for granted, which the end of the batch then verifies.
        Raises Overtaken.
        """
        ...

    async def write(self, changes: Sequence[Changes], erased: Collection[UUID]) -> None:
        """Writes all changes, then blanks what was sealed with the `erased` keys."""
        ...

    async def derive(self, slots: Collection[Slot]) -> None:
        """Brings sets to where the batch ends, after what they are made of was written, by one statement each."""
        ...

    async def derive_each(self, slot: Slot, *, strict: bool) -> int:
        """The same key by key, so that one whose rows can't be made is put aside; answers how many.

        Where strict, raises Refused instead.
        """
        ...

    async def derive_after(self, slots: Collection[Slot], source: Slot, row: UUID, since: int) -> None:
        """Makes anew what follows, from a position on, from a row of a source whose versions have changed since then."""
        ...

    async def derive_again(self, slot: Slot, key: UUID, since: int) -> None:
        """Makes the rows of one key of a set from a position on, before which they stopped. Raises Refused."""
        ...

    async def stale(self, slots: Collection[Slot], restored: datetime) -> None:
        """Notes that those of these tables that were begun before a moment lack values that can be read since then."""
        ...

    async def release(self, slot: Slot, key: UUID) -> None:
        """Ends the quarantine of a row."""
        ...


class Store(Protocol):
    """The read models' tables of one organisation."""

    async def prepare(self, models: Collection[Declared]) -> Mapping[Slot, int]:
        """Makes what tables and indexes are missing; the live slots with their checkpoints.

        Raises ModelChanged, StoreUnavailable.
        """
        ...

    async def positions(self, slots: Collection[Slot]) -> Mapping[Slot, int]:
        """The checkpoints. Raises StoreUnavailable."""
        ...

    def batch(self, slots: Collection[Slot], after: int, upto: int) -> AbstractAsyncContextManager[Batch]:
        """A transaction, committed at the end, in which these slots go from one position to another.

        Raises Overtaken, Unforeseen, StoreUnavailable.
        """
        ...

    async def sweep(self, models: Collection[Declared]) -> Sequence[str]:
        """Drops the tables of other versions that no process reads or fills any more; answers their names.

        Raises StoreUnavailable.
        """
        ...
