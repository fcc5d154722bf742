"""Rows as they were: what a viewer may read of versions that no longer hold.

A version that still holds is read as it is. Of an earlier one, whoever may not read history gets only what the row says today as
well: a personal value stands where the row has the same value now, and is null elsewhere; a row that is gone, or whose personal
value is another and can't be null, isn't there. Every field, list, filter, search, order and formula reads this, so none of them
can tell what was edited away, taken back or erased.
"""

from collections.abc import Iterator
from typing import NamedTuple

from projections.engine.members import Declared

HOLDS = "_holds"
"""Whether a row that was read as of a position is the one that holds now."""


LAST = "9223372036854775807"
"""Beyond every position."""


class Moment(NamedTuple):
    """The SQL of a position, of the greatest `effective_at` up to it, and of the time that it was then."""

    position: str
    time: str
    now: str


Place = Moment | None
"""What rows are read as of; None for now."""


def past_of(schema: str, model: Declared, at: Moment, reads_history: str) -> str:
    """The rows of a model as of a moment, for those for whom `reads_history` holds and for others."""
    table, columns = f'"{schema}"."{model.table}"', list(_columns(model))
    if not model.history:
        return f"(select {_listed(columns)}, true as {HOLDS} from {table} t where false)"
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
    # Without conditions of their own the two tables are one to the planner, which then reads both in the order of an index.
    versions = (
        f"select {_listed(columns)}, t.valid_from, {LAST} as valid_to, true as {HOLDS} from {table} t union all"
        f' select {_listed(columns)}, t.valid_from, t.valid_to, false from {table[:-1]}_history" t'
    )
    return (
        f"(select {', '.join(map(shown, columns))}, t.{HOLDS} from ({versions}) t"
        f" where t.valid_from <= {at.position} and t.valid_to > {at.position}"
        f" and (t.{HOLDS} or {reads_history} or {now(' and '.join(fixed) or 'true')}))"
    )


def whole_past_of(schema: str, model: Declared, at: Moment) -> str:
    """All rows as of a moment, for what decides who may see something; nothing of it may be shown."""
    name = f'"{schema}"."{model.table}'
    return f'{name}_at"({at.position})' if model.history else f'(select t.* from {name}" t where false)'


def _columns(model: Declared) -> Iterator[str]:
    yield "id"
    for column in model.columns:
        yield column.name
        if column.tokens_column:
            yield column.tokens_column
    for relation in model.relations:
        yield relation.id_column
        if relation.type_column:
            yield relation.type_column


def _listed(columns: list[str]) -> str:
    return ", ".join(f't."{name}"' for name in columns)


def _quoted(name: str) -> str:
    return f'"{name}"'
