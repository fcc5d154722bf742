"""A transaction of the follower, in two round trips: it begins and loads in the first, writes and commits in the second.

Where nothing is to be loaded, one is enough: that no row is held is then assumed, and verified by the statement that moves the
checkpoints, which raises an error where something isn't as it was taken to be.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import LiteralString, Protocol
from uuid import UUID

import psycopg
from psycopg import pq

from infra.postgres.projections.binary import array
from infra.postgres.projections.session import Copied, Said, Session
from infra.postgres.projections.statements import Statements
from projections.engine.store import Changes, Overtaken, Slot, Stored, Unforeseen, Wanted

_BEGIN, _COMMIT = Said(b"BEGIN"), Said(b"COMMIT")
_OVERTAKEN, _HELD = "not where it was", "no longer clear"
# Text that isn't a number stops the transaction where it stands, and says why.
_MOVE: LiteralString = (
    "WITH moved AS (UPDATE {projections} SET position = $1::bigint, moved_at = clock_timestamp()"
    " WHERE table_name = ANY($2::text[]) AND position = $3::bigint RETURNING 1)"
    " SELECT (CASE WHEN count(*) = cardinality($2::text[]) THEN '1' ELSE 'not where it was' END)::integer FROM moved"
)
_NOTHING_HELD: LiteralString = (
    "SELECT (CASE WHEN count(*) = 0 THEN '1' ELSE 'no longer clear' END)::integer FROM {quarantine}"
    " WHERE table_name = ANY($1::text[])"
)
_HELD_KEYS: LiteralString = "SELECT table_name, key FROM {quarantine} WHERE table_name = ANY($1::text[])"
_HOLD: LiteralString = (
    "INSERT INTO {quarantine} (table_name, key, position, type, error)"
    " SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::text[], $5::text[]) ON CONFLICT DO NOTHING"
)
_STALE: LiteralString = (
    "UPDATE {projections} SET stale = true WHERE table_name = ANY($1::text[]) AND made_at <= ($2::timestamptz[])[1]"
)
_RELEASE: LiteralString = "DELETE FROM {quarantine} WHERE table_name = ANY($1::text[]) AND key = ANY($2::uuid[])"
_NOTIFY = b"SELECT pg_notify(($1::text[])[1], ($2::text[])[1])"


class Texts:
    """The statements about checkpoints and quarantine of one organisation; `schema` is quoted."""

    def __init__(self, schema: str) -> None:
        names = {"projections": f"{schema}.projections", "quarantine": f"{schema}.quarantine"}
        texts = (_MOVE, _NOTHING_HELD, _HELD_KEYS, _HOLD, _STALE, _RELEASE)
        made = [text.format(**names).encode() for text in texts]
        self.move, self.nothing_held, self.held_keys, self.hold, self.stale, self.release = made


class Tables(Protocol):
    """What a batch needs to know of the store that it is of."""

    texts: Texts
    channel: str
    clear: bool
    """Whether nothing was held when this was looked at last."""

    def statements(self, slot: Slot) -> Statements:
        """What is said about a slot's table."""
        ...


class PostgresBatch:
    """Fulfils projections.engine.store.Batch. Nothing is sent before it must be; `commit` ends it."""

    def __init__(self, tables: Tables, session: Session, slots: Collection[Slot], after: int, upto: int) -> None:
        self._tables, self._session = tables, session
        self._names = [slot.checkpoint for slot in slots]
        self._upto = upto
        moved = Said(tables.texts.move, (_int8(upto), array("text", self._names), _int8(after)))
        self._waiting: list[Said | Copied] = [_BEGIN, moved]
        self._looked = False

    async def load(self, wanted: Sequence[Wanted]) -> tuple[Sequence[Sequence[Stored]], Mapping[str, frozenset[UUID]]]:
        """Of each table the rows that are there; and the keys in quarantine, by table."""
        asked = [each for each in wanted if each.ids or each.lookups]
        ours = (array("text", self._names),)
        if not asked and self._tables.clear:
            self._waiting.append(Said(self._tables.texts.nothing_held, ours))
            return [()] * len(wanted), {}
        loads = [self._tables.statements(each.slot).load(each) for each in asked]
        results = await self._run(*self._waiting, Said(self._tables.texts.held_keys, ours), *loads)
        self._waiting = []
        found = dict(zip((each.slot.table for each in asked), results[len(results) - len(asked) :], strict=True))
        held: dict[str, set[UUID]] = {}
        for table, key in self._session.tuples(results[len(results) - len(asked) - 1]):
            held.setdefault(table, set()).add(key)
        self._tables.clear = not held
        rows = [self._stored(each.slot, found.get(each.slot.table)) for each in wanted]
        return rows, {table: frozenset(keys) for table, keys in held.items()}

    async def write(self, changes: Sequence[Changes], erased: Collection[UUID]) -> None:
        """Writes all changes, then blanks what was sealed with the `erased` keys."""
        copies: list[Copied] = []
        for each in changes:
            statements = self._tables.statements(each.slot)
            for said in statements.write(each):
                (copies if isinstance(said, Copied) else self._waiting).append(said)  # type: ignore[arg-type]  # of one kind each
            if each.held:
                self._tables.clear = False
                self._waiting.append(self._hold(each))
            if erased:
                self._waiting += statements.erase(erased)
        self._waiting += copies

    async def stale(self, slots: Collection[Slot], restored: datetime) -> None:
        """Notes that those of these tables that were begun before a moment lack values that can be read since then."""
        values = array("text", [slot.table for slot in slots]), array("timestamptz", [restored.astimezone(UTC)])
        self._waiting.append(Said(self._tables.texts.stale, values))

    async def release(self, slot: Slot, key: UUID) -> None:
        """Ends the quarantine of a row."""
        self._waiting.append(Said(self._tables.texts.release, (array("text", [slot.table]), array("uuid", [key]))))

    async def commit(self) -> None:
        """Sends what is left, tells others of the checkpoints, and commits. Raises Overtaken, Unforeseen."""
        told = array("text", [self._tables.channel]), array("text", [news(self._upto, self._names)])
        await self._run(*self._waiting, Said(_NOTIFY, told), _COMMIT)

    async def _run(self, *said: Said | Copied) -> list[pq.abc.PGresult]:
        try:
            return await self._session.run(said)
        except psycopg.errors.InvalidTextRepresentation as error:
            if _OVERTAKEN in str(error):
                raise Overtaken(f"not all of {len(self._names)} read models stand where this batch begins") from None
            if _HELD not in str(error):
                raise
            self._tables.clear = False
            raise Unforeseen("a row is held meanwhile") from None
        except psycopg.errors.UniqueViolation as error:
            raise Unforeseen(f"{error.diag.table_name}: a row that an event makes is there already") from error

    def _hold(self, changes: Changes) -> Said:
        keys, positions, types, errors = zip(*changes.held, strict=True)
        tables = array("text", [changes.slot.table] * len(keys))
        columns = array("uuid", keys), array("bigint", positions), array("text", types), array("text", errors)
        return Said(self._tables.texts.hold, (tables, *columns))

    def _stored(self, slot: Slot, result: pq.abc.PGresult | None) -> Sequence[Stored]:
        if result is None:
            return ()
        read: Callable[[Sequence[object]], Stored] = self._tables.statements(slot).layout.stored
        return [read(row) for row in self._session.tuples(result)]


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


def _int8(value: int) -> bytes:
    return value.to_bytes(8, "big", signed=True)
