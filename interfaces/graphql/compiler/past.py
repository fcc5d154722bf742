"""Rows as they were: what a viewer may read of versions that no longer hold.

A version that still holds is read as it is. Of an earlier one, whoever may not read history gets only what the row says today as
well: a personal value stands where the row has the same value now, and is null elsewhere; a row that is gone, or whose personal
value is another and can't be null, isn't there. Every field, list, filter, search, order and formula reads this, so none of them
can tell what was edited away, taken back or erased.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from projections.engine.members import Declared
from projections.engine.past import as_of, columns_of, versions

HOLDS = "_holds"
"""Whether a row that was read as of a position is the one that holds now."""


class Moment(NamedTuple):
    """The SQL of a position, of the greatest `effective_at` up to it, and of the time that it was then."""

    position: str
    time: str
    now: str


Place = Moment | None
"""What rows are read as of; None for now."""


def past_of(schema: str, model: Declared, at: Moment, reads_history: str) -> str:
    """The rows of a model as of a moment, for those for whom `reads_history` holds and for others.

    Its columns are left open: see `closed`.
    """
    table, columns = f'"{schema}"."{model.table}"', list(columns_of(model))
    if not model.history:
        return f"(select {_open(_named(columns), INNER)}, true as {HOLDS} from {table} t where false)"
    personal = {column.name: column for column in model.personal}
    tokens = {column.tokens_column: column.name for column in model.personal if column.tokens_column}

    def now(value: str) -> str:
        # A scalar subquery, for EXISTS might be answered by a hash of the whole table.
        return f"(select {value} from {table} n where n.id = t.id)"

    def shown(name: str) -> str:
        decides = tokens.get(name, name)
        if decides not in personal or not personal[decides].nullable:
            return f't."{name}"'
        same = f'{now(f"n.{_quoted(decides)}")} is not distinct from t."{decides}"'
        return f'case when t.{HOLDS} or {reads_history} or {same} then t."{name}" end as "{name}"'

    fixed = [f"n.{_quoted(name)} = t.{_quoted(name)}" for name, column in personal.items() if not column.nullable]
    every = versions(schema, model, _open(_named(columns), INNER), HOLDS)
    return (
        f"(select {_open(((name, shown(name)) for name in columns), OUTER)}, t.{HOLDS} from ({every}) t"
        f" where t.valid_from <= {at.position} and t.valid_to > {at.position}"
        f" and (t.{HOLDS} or {reads_history} or {now(' and '.join(fixed) or 'true')}))"
    )


def whole_past_of(schema: str, model: Declared, at: Moment) -> str:
    """All rows as of a moment, for what decides who may see something; nothing of it may be shown."""
    columns = _open(_named(columns_of(model)), INNER)
    if not model.history:
        return f'(select {columns} from "{schema}"."{model.table}" t where false)'
    return as_of(schema, model, at.position, columns)


OUTER, INNER = "o", "i"
"""Lists of columns that are left open: first those of what is shown, then those of what that is read from."""
_OPEN = re.compile("\2(.)([^\3]*)\3")
_WORD = re.compile("[a-z_][a-z0-9_]*")


def closed(sql: str) -> str:
    """A whole statement, in which what is read of the past has those columns only whose names stand anywhere in it.

    A column that no text names isn't asked for; a table has some twenty, most of them with conditions of their own.
    """
    for kind in (OUTER, INNER):
        named = {"id", *_WORD.findall(_OPEN.sub("", sql))}
        sql = _OPEN.sub(lambda found: found[0] if found[1] != kind else _chosen(found[2], named), sql)  # noqa: B023 (used at once)
    return sql


def open_columns(model: Declared, row: str) -> str:
    """The columns of a row, left open."""
    return _open(((name, f'{row}."{name}"') for name in columns_of(model)), OUTER)


def _open(columns: Iterable[tuple[str, str]], kind: str) -> str:
    return f"\2{kind}" + "\4".join(f"{name}\5{sql}" for name, sql in columns) + "\3"


def _chosen(listed: str, named: set[str]) -> str:
    columns = (each.split("\5", 1) for each in listed.split("\4"))
    return ", ".join(sql for name, sql in columns if name in named)


def _named(columns: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((name, f't."{name}"') for name in columns)


def _quoted(name: str) -> str:
    return f'"{name}"'
