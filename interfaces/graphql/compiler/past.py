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


class Moment(NamedTuple):
    """The SQL of a position, and of the greatest `effective_at` up to it."""

    position: str
    time: str


Place = Moment | None
"""What rows are read as of; None for now."""


def past_of(schema: str, model: Declared, at: Moment, reads_history: str) -> str:
    """The rows of a model as of a moment, for those for whom `reads_history` holds and for others."""
    table, columns = f'"{schema}"."{model.table}"', list(_columns(model))
    now = f"select {_listed(columns)}, true as {HOLDS} from {table} t"
    if not model.history:
        return f"({now} where false)"
    personal = {column.name: column for column in model.personal}
    tokens = {column.tokens_column: column.name for column in model.personal if column.tokens_column}
    shown = [
        _where_same(name, tokens.get(name, name), reads_history)
        if name in tokens or (name in personal and personal[name].nullable)
        else f't."{name}"'
        for name in columns
    ]
    kept = ["n.id is not null", *(_same(name) for name, column in personal.items() if not column.nullable)]
    return (
        f"({now} where t.valid_from <= {at.position}"
        f' union all select {", ".join(shown)}, false from {table[:-1]}_history" t left join {table} n on n.id = t.id'
        f" where t.valid_from <= {at.position} and t.valid_to > {at.position} and ({reads_history} or {' and '.join(kept)}))"
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


def _same(name: str) -> str:
    return f'n."{name}" is not distinct from t."{name}"'


def _where_same(name: str, decides: str, reads_history: str) -> str:
    return f'case when {reads_history} or {_same(decides)} then t."{name}" end as "{name}"'
