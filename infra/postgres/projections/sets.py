"""What is said to PostgreSQL to bring a set to where its sources are. Names and SQL come from declarations, never from outside.

One statement finds the keys that the sources' changes touched, and at which positions; asks for the rows of each key as of each
of them; lines them up behind those that stand; and writes what differs, as current rows and as versions. It reads the sources'
versions only, so it comes to the same whether they stand there or have gone on, and however the events were divided.
"""

from collections.abc import Collection, Iterator
from functools import cached_property
from uuid import UUID

from infra.postgres.projections.binary import array
from infra.postgres.projections.layout import SINCE, UNTIL, layout
from infra.postgres.projections.session import Said
from projections.engine.members import Declared, expand
from projections.engine.sets import KEY, Derivation, derived_from
from projections.engine.store import Slot

_ALONE = " + 0"
"""What changed since a position is found by an index that nothing else can use. Where there was no history yet when a plan was
made, the planner took the index by position for what the one by key and position is for, and kept to that."""


def source_indexes(source: Declared, *, past: bool) -> Iterator[tuple[str, str]]:
    """The indexes that a model's tables need because sets are made of it, as columns and condition: for what changed since a
    position, and for the rows of a key as of one. Of earlier versions those that ended after it are few, however long the
    history is. Rows that touch nothing are in none of them."""
    for sql in dict.fromkeys(sql for model in derived_from(source) for sql in derivation(model).sources[source]):
        touches = f"{_of(sql, '')} IS NOT NULL"
        yield f"{_of(sql, '')}, {UNTIL if past else SINCE}", touches
        yield f"({SINCE}{_ALONE})", touches
        if past:
            yield f"({UNTIL}{_ALONE})", touches


def derivation(model: Declared) -> Derivation:
    """How a set follows from its sources."""
    if model.derived is None:
        raise TypeError(f"{model.name} is no set")
    return model.derived


def text_of(model: Declared) -> str:
    """What a set's rows depend on beside its columns."""
    derived = derivation(model)
    sources = sorted((source.table, *touched) for source, touched in derived.sources.items())
    return repr((" ".join(derived.sql.split()), derived.key, sources))


class SetStatements:
    """What is said about the table of one set."""

    def __init__(self, schema: str, slot: Slot) -> None:
        """`schema` is quoted."""
        self._schema, self._slot = schema, slot
        self._derived = derivation(slot.model)
        self._key = self._derived.column(slot.model)
        self._cells = [cell.name for cell in layout(slot.model).cells if cell.name != SINCE]

    def derive(self, after: int, upto: int) -> Said:
        """What brings it from one position to another, to which its sources have come already."""
        return Said(self._derive, (_int8(after), _int8(upto), self._slot.part.encode()))

    def touched(self, after: int, upto: int) -> Said:
        """The keys and positions at which they were touched, in order; without those that wait."""
        return Said(self._touched, (_int8(after), _int8(upto), self._slot.part.encode()))

    def again(self, keys: Collection[UUID], since: int, upto: int) -> Said:
        """What brings some keys to a position, whose rows stand as they were before another."""
        return Said(self._again, (_int8(since), _int8(upto), array("uuid", list(keys))))

    def rewind(self, keys: Collection[UUID], since: int) -> Iterator[Said]:
        """What puts the rows of some keys back to how they were before a position."""
        for text in self._rewind:
            yield Said(text, (_int8(since), array("uuid", list(keys))))

    def touched_by(self, source: Declared, row: UUID, since: int) -> Said:
        """The keys that a source's row touches, or has touched from a position on."""
        parts = " UNION ".join(
            f"SELECT {_of(sql, 't')} AS key FROM {table} t WHERE t.id = ($2::uuid[])[1] AND t.{column} >= $1::bigint"  # noqa: S608
            for sql in self._derived.sources[source]
            for table, column in zip(self._tables(source), (SINCE, UNTIL), strict=True)
        )
        return Said(f"SELECT key FROM ({parts}) f WHERE key IS NOT NULL".encode(), (_int8(since), array("uuid", [row])))  # noqa: S608

    @cached_property
    def _derive(self) -> bytes:
        return self._written(self._since_then())

    @cached_property
    def _again(self) -> bytes:
        return self._written(self._of_keys())

    @cached_property
    def _touched(self) -> bytes:
        return f"WITH {self._found(self._since_then())} SELECT key, position FROM touched ORDER BY position, key".encode()  # noqa: S608

    @cached_property
    def _rewind(self) -> tuple[bytes, ...]:
        now, past = self._tables(self._slot.model)
        names, ours = _names((*self._cells, SINCE)), f'"{self._key}" = ANY($2::uuid[])'
        later = (f"DELETE FROM {table} WHERE {ours} AND {SINCE} >= $1::bigint" for table in (now, past))  # noqa: S608
        again = (
            f"WITH back AS (DELETE FROM {past} WHERE {ours} AND {UNTIL} >= $1::bigint RETURNING *)"  # noqa: S608
            f" INSERT INTO {now} ({names}) SELECT {names} FROM back"
        )
        return tuple(text.encode() for text in (*later, again))

    def _since_then(self) -> str:
        """What the sources' changes touched after one position and up to another: old keys at a version's end, new ones at its
        beginning."""
        changes = " UNION ALL ".join(
            f"SELECT {_of(sql, 't')} AS key, t.{column} AS position FROM {table} t"  # noqa: S608
            f" WHERE t.{column}{_ALONE} > $1::bigint AND t.{column}{_ALONE} <= $2::bigint AND {_of(sql, 't')} IS NOT NULL"
            for source, touched in self._derived.sources.items()
            for sql in touched
            for table, column in self._ends(source)
        )
        return f"SELECT key, position FROM ({changes}) c WHERE $3::text = '' OR strpos($3::text, right(key::text, 1)) > 0"  # noqa: S608

    def _of_keys(self) -> str:
        """The positions from one up to another at which some keys were touched."""
        return " UNION ALL ".join(
            f"SELECT {_of(sql, 't')} AS key, t.{column} AS position FROM {table} t"  # noqa: S608
            f" WHERE {_of(sql, 't')} = ANY($3::uuid[]) AND t.{column} >= $1::bigint AND t.{column} <= $2::bigint"
            for source, touched in self._derived.sources.items()
            for sql in touched
            for table, column in self._ends(source)
        )

    def _ends(self, source: Declared) -> Iterator[tuple[str, str]]:
        now, past = self._tables(source)
        yield from ((now, SINCE), (past, SINCE), (past, UNTIL))

    def _found(self, changes: str) -> str:
        """What was touched, each with its place among what was touched of the same key, and where the next one is.

        What waits is left out: a key from where its rows couldn't be made, or from where a row that touches it is held.
        """
        quarantine = f"{self._schema}.quarantine"
        held = [f"SELECT q.key, q.position FROM {quarantine} q WHERE q.table_name = '{self._slot.table}'"]  # noqa: S608
        for source, touched in self._derived.sources.items():
            held += [
                f"SELECT t.key, q.position FROM {quarantine} q CROSS JOIN LATERAL"  # noqa: S608
                f" (SELECT {_of(sql, 't')} AS key FROM {self._tables(source)[0]} t WHERE t.id = q.key OFFSET 0) t"
                f" WHERE q.table_name = '{self._beside(source)}'"
                for sql in touched
            ]
        return (
            f"held AS MATERIALIZED ({' UNION ALL '.join(held)}),"  # noqa: S608
            " touched AS MATERIALIZED (SELECT key, position, row_number() OVER w AS n, lead(position) OVER w AS next"
            f" FROM (SELECT DISTINCT key, position FROM ({changes}) c"
            " WHERE NOT EXISTS (SELECT FROM held h WHERE h.key = c.key AND h.position <= c.position)) d"
            " WINDOW w AS (PARTITION BY key ORDER BY position))"
        )

    def _written(self, changes: str) -> bytes:
        """The whole statement. A version begins where a row differs from what it was at the key's last touch or wasn't there, and
        ends where at the next touch it will differ or not be there.

        Tables are looked up row by row, by OFFSET 0, ANY and ON CONFLICT: joins were planned once for tables that were empty.
        """
        now, past = self._tables(self._slot.model)
        own = [name for name in self._cells if name != self._key]
        others = [name for name in own if name != "id"]
        names, values = _names(self._cells), ", ".join("v._key" if n == self._key else f'v."{n}"' for n in self._cells)
        said = ", ".join(f'"{name}"' for name in others)
        changed = "".join(f'"{name}" = excluded."{name}", ' for name in others)
        changed += f'"{self._key}" = CASE WHEN t."{self._key}" = excluded."{self._key}" THEN t."{self._key}"'
        changed += " ELSE (t.id || ' is a row of two keys')::uuid END, "
        return (
            f"WITH {self._found(changes)},"  # noqa: S608
            f" states AS (SELECT f.key AS _key, 0::bigint AS _n, f.first AS _next, s.{SINCE} AS _since, {_names(own, 's')}"
            f" FROM (SELECT key, min(position) AS first FROM touched GROUP BY key) f CROSS JOIN LATERAL"
            f' (SELECT * FROM {now} s WHERE s."{self._key}" = f.key OFFSET 0) s'
            f" UNION ALL SELECT _k.key, _k.n, _k.next, _k.position, {_names(own, '_r')}"
            f" FROM touched _k CROSS JOIN LATERAL ({self._asked()}) _r),"
            f" lined AS (SELECT *, lag(_n) OVER w IS DISTINCT FROM _n - 1 OR lag(_said) OVER w IS DISTINCT FROM _said AS _begins,"
            " lead(_n) OVER w IS DISTINCT FROM _n + 1 OR lead(_said) OVER w IS DISTINCT FROM _said AS _ends"
            f" FROM (SELECT *, ROW({said}) AS _said FROM states) t WINDOW w AS (PARTITION BY _key, id ORDER BY _n)),"
            " edges AS (SELECT *, CASE WHEN _ends THEN _next ELSE lead(_next) OVER (PARTITION BY _key, id ORDER BY _n) END"
            " AS _until FROM lined WHERE _begins OR _ends),"
            " versions AS MATERIALIZED (SELECT *, bool_or(_until IS NULL) OVER w AS _stands"
            " FROM edges WHERE _begins WINDOW w AS (PARTITION BY _key, id)),"
            f" closed AS (INSERT INTO {past} ({names}, {SINCE}, {UNTIL})"
            f" SELECT {values}, v._since, v._until FROM versions v WHERE v._until IS NOT NULL),"
            f" gone AS (DELETE FROM {now} t WHERE t.id = ANY(ARRAY("
            "SELECT v.id FROM versions v WHERE v._n = 0 AND NOT v._stands)))"
            f" INSERT INTO {now} AS t ({names}, {SINCE})"
            f" SELECT {values}, v._since FROM versions v WHERE v._until IS NULL AND v._n > 0"
            f" ON CONFLICT (id) DO UPDATE SET {changed}{SINCE} = excluded.{SINCE}"
        ).encode()

    def _asked(self) -> str:
        by_placeholder = {source.placeholder: source for source in self._derived.sources}
        return expand(self._derived.sql, lambda name: "_k.key" if name == KEY else self._as_of(by_placeholder[name]))

    def _as_of(self, source: Declared) -> str:
        """The rows of a source that touch the key, as of the position; without what is personal, which is erased in its place."""
        hidden = {name for column in source.personal for name in (column.name, column.key_column)}
        hidden |= {column.tokens_column for column in source.columns}
        columns = ", ".join(f't."{cell.name}"' for cell in layout(source).cells if cell.name not in {*hidden, SINCE})
        touches = " OR ".join(f"{_of(sql, 't')} = _k.key" for sql in self._derived.sources[source])
        now, past = self._tables(source)
        then = f"({touches}) AND t.{SINCE} <= _k.position"
        return (
            f"(SELECT {columns} FROM {now} t WHERE {then}"  # noqa: S608
            f" UNION ALL SELECT {columns} FROM {past} t WHERE {then} AND t.{UNTIL} > _k.position)"
        )

    def _beside(self, model: Declared) -> str:
        """A model's table: what is rebuilt is made of what is rebuilt with it."""
        return model.table + self._slot.table.removeprefix(self._slot.model.table)

    def _tables(self, model: Declared) -> tuple[str, str]:
        name = self._beside(model)
        return f'{self._schema}."{name}"', f'{self._schema}."{name}_history"'


def _of(sql: str, row: str) -> str:
    """What a row touches: over the columns of an alias, or over those of the only table."""
    return f"({sql.replace('{this}.', f'{row}.' if row else '')})"


def _names(cells: Collection[str], row: str = "") -> str:
    return ", ".join(f'{row}."{name}"' if row else f'"{name}"' for name in cells)


def _int8(value: int) -> bytes:
    return value.to_bytes(8, "big", signed=True)
