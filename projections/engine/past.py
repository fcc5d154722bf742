"""Rows as they were when the log had come to a position, in SQL: the one place that says how versions are read."""

from collections.abc import Iterator

from projections.engine.members import Declared

LAST = "9223372036854775807"
"""Beyond every position."""


def versions(schema: str, model: Declared, columns: str, holds: str | None = None) -> str:
    """All versions of a model's rows with the positions between which they held, those that hold now among them.

    `columns` is SQL over `t`; `holds` names a further one, that says which of them hold now.
    """
    now = f'"{schema}"."{model.table}"'
    yes, no = (f", true as {holds}", ", false") if holds else ("", "")
    return (
        f"select {columns}, t.valid_from, {LAST} as valid_to{yes} from {now} t union all"
        f' select {columns}, t.valid_from, t.valid_to{no} from {now[:-1]}_history" t'
    )


def as_of(schema: str, model: Declared, position: str, columns: str) -> str:
    """The rows as of a position, after FROM. A model without history has none in the past.

    The conditions stand outside of the union: members with conditions of their own are planned without regard to the order that
    is asked for, while these two tables are one to the planner, which reads both in the order of an index.
    """
    return (
        f"(select {columns} from ({versions(schema, model, columns)}) t"
        f" where t.valid_from <= {position} and t.valid_to > {position})"
    )


def columns_of(model: Declared) -> Iterator[str]:
    """The columns of a row: all but the keys of personal values, and since when it holds."""
    yield "id"
    for column in model.columns:
        yield column.name
        if column.tokens_column:
            yield column.tokens_column
    for relation in model.relations:
        yield relation.id_column
        if relation.type_column:
            yield relation.type_column
