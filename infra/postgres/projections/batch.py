"""A transaction of the follower, in two round trips: it begins and loads in the first, writes and commits in the second.

Where nothing is to be loaded, one is enough: that no row is held is then assumed, and verified by the statement that moves the
checkpoints, which raises an error where something isn't as it was taken to be.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from psycopg import pq

from infra.postgres.projections.binary import array
from infra.postgres.projections.deriving import Deriving
from infra.postgres.projections.session import Copied, Said
from projections.engine.store import Changes, Slot, Stored, Wanted

_COMMIT = Said(b"COMMIT")
_NOTIFY = b"SELECT pg_notify(($1::text[])[1], ($2::text[])[1])"


class PostgresBatch(Deriving):
    """Fulfils projections.engine.store.Batch. Nothing is sent before it must be; `commit` ends it."""

    async def load(self, wanted: Sequence[Wanted]) -> tuple[Sequence[Sequence[Stored]], Mapping[str, frozenset[UUID]]]:
        """Of each table the rows that are there; and the keys in quarantine, by table."""
        asked = [each for each in wanted if each.ids or each.lookups]
        ours = (array("text", self.names),)
        if not asked and self.tables.clear:
            self.waiting.append(Said(self.tables.texts.nothing_held, ours))
            return [()] * len(wanted), {}
        loads = [self.tables.statements(each.slot).load(each) for each in asked]
        results = await self.run(*self.waiting, Said(self.tables.texts.held_keys, ours), *loads)
        self.waiting = []
        found = dict(zip((each.slot.table for each in asked), results[len(results) - len(asked) :], strict=True))
        held: dict[str, set[UUID]] = {}
        for table, key in self.session.tuples(results[len(results) - len(asked) - 1]):
            held.setdefault(table, set()).add(key)
        self.tables.clear = not held
        rows = [self._stored(each.slot, found.get(each.slot.table)) for each in wanted]
        return rows, {table: frozenset(keys) for table, keys in held.items()}

    async def write(self, changes: Sequence[Changes], erased: Collection[UUID]) -> None:
        """Writes all changes, then blanks what was sealed with the `erased` keys."""
        copies: list[Copied] = []
        for each in changes:
            statements = self.tables.statements(each.slot)
            for said in statements.write(each):
                (copies if isinstance(said, Copied) else self.waiting).append(said)  # type: ignore[arg-type]  # of one kind each
            if each.held:
                self.tables.clear = False
                self.waiting.append(self.hold(each))
            if erased:
                self.waiting += statements.erase(erased)
        self.waiting += copies

    async def stale(self, slots: Collection[Slot], restored: datetime) -> None:
        """Notes that those of these tables that were begun before a moment lack values that can be read since then."""
        values = array("text", [slot.table for slot in slots]), array("timestamptz", [restored.astimezone(UTC)])
        self.waiting.append(Said(self.tables.texts.stale, values))

    async def release(self, slot: Slot, key: UUID) -> None:
        """Ends the quarantine of a row."""
        self.waiting.append(Said(self.tables.texts.release, (array("text", [slot.table]), array("uuid", [key]))))

    async def commit(self) -> None:
        """Sends what is left, tells others of the checkpoints, and commits. Raises Overtaken, Unforeseen."""
        told = array("text", [self.tables.channel]), array("text", [news(self.upto, self.names)])
        await self.run(*self.waiting, Said(_NOTIFY, told), _COMMIT)

    def _stored(self, slot: Slot, result: pq.abc.PGresult | None) -> Sequence[Stored]:
        if result is None:
            return ()
        read: Callable[[Sequence[object]], Stored] = self.tables.statements(slot).layout.stored
        return [read(row) for row in self.session.tuples(result)]


LONGEST_NEWS = 7_900
"""Bytes; PostgreSQL takes 8,000."""


def news(position: int, tables: Collection[str]) -> str:
    """What others are told of moved checkpoints: the position and the tables; nothing where these are too many to be named."""
    told = " ".join([str(position), *tables])
    return told if len(told) <= LONGEST_NEWS else ""


def told(payload: str) -> Mapping[str, int]:
    """The checkpoints, by table, that somebody was told of; empty where they must be asked for."""
    position, *tables = payload.split() or [""]
    return dict.fromkeys(tables, int(position)) if tables else {}
