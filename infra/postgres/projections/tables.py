"""The DDL of read models: a table of the current rows, and one of earlier versions."""

from collections.abc import Collection, Iterator
from hashlib import sha256

from infra.postgres.projections.layout import SINCE, layout
from infra.postgres.projections.sets import source_indexes, text_of
from projections.engine.members import Column, Declared, Many, One, expand

REBUILD = "_rebuild"
"""What is added to a table's name while a rebuild fills it."""
SET = "set "
"""What the shape of a set's table begins with."""


def shape(model: Declared) -> str:
    """A digest of the table's columns, and of what a set follows from: the same version must always have the same."""
    cells = (*layout(model).cells, "history" if model.history else "")
    if model.derived is not None:
        return SET + sha256(f"{cells!r} {text_of(model)}".encode()).hexdigest()[:16]
    return sha256(repr(cells).encode()).hexdigest()[:16]


def create(schema: str, model: Declared, table: str) -> Iterator[str]:
    """The statements that make what a model needs under a table's name, its indexes but the primary keys apart."""
    made = layout(model)
    name = f'{schema}."{table}"'
    yield f'CREATE TABLE {name} ({", ".join(cell.ddl for cell in made.cells)}, CONSTRAINT "{table}_pkey" PRIMARY KEY (id))'
    if model.history:
        body = ", ".join(cell.ddl for cell in made.history)
        key = f'CONSTRAINT "{table}_history_pkey" PRIMARY KEY (id, {SINCE})'
        yield f'CREATE TABLE {schema}."{table}_history" ({body}, {key})'


def drop(schema: str, table: str, *, history: bool) -> Iterator[str]:
    """The statements that undo `create`; they refuse where somebody else built on it."""
    if history:
        # Earlier releases made a function over both.
        yield f'DROP FUNCTION IF EXISTS {schema}."{table}_at"(bigint)'
    for name in names(table, history=history):
        yield f'DROP TABLE {schema}."{name}"'


def names(table: str, *, history: bool) -> tuple[str, ...]:
    """The tables that a slot consists of."""
    return (table, f"{table}_history") if history else (table,)


def indexes(schema: str, model: Declared, table: str, leading: Collection[str] | None = None) -> Iterator[str]:
    """The statements that make its indexes, for current rows and for earlier versions alike.

    With `leading`, only one for each of these columns, which rows are looked up by.
    """
    needed = set(leading or ())
    for suffix in ("", "_history") if model.history and leading is None else ("",):
        sourced = (("btree", *each) for each in source_indexes(model, past=bool(suffix)) if leading is None)
        for kind, columns, where in (*_indexes(model), *sourced):
            if leading is not None:
                first = columns.split('"')[1] if columns.startswith('"') else ""
                if where not in ("", _there(first)) or first not in needed:
                    continue
                needed.remove(first)
            if kind == "gin" and suffix:
                continue  # what was edited or taken back is little, and searched rarely
            digest = sha256(f"{suffix}{kind}{columns}{where}".encode()).hexdigest()[:8]
            yield (
                f'CREATE INDEX IF NOT EXISTS "{table}_{digest}" ON {schema}."{table}{suffix}" USING {kind} ({columns})'
                + (f" WHERE {where}" if where else "")
            )


def _indexes(model: Declared) -> Iterator[tuple[str, str, str]]:
    """Of each index its kind, columns and condition: for each list and order, each root order, each lookup, key and search."""
    for relation in model.relations:
        lists = [each for each in _lists(model, relation) if each.by == relation.name]
        conditions = {_condition(each) for each in lists}
        # A list that is narrowed to few rows has an index of its own; the full one serves those that are narrowed a little.
        # Rows that lead nowhere are looked for by nobody: in most tables they are most, and would be kept in order for nothing.
        there = _there(relation.id_column) if relation.optional else ""
        for condition in conditions:
            for order in model.orders:
                yield "btree", f'"{relation.id_column}", {_key(order)}, id', _both(there, condition)
        if relation.index and not (lists and model.orders):
            yield "btree", f'"{relation.id_column}"', there
    if any(isinstance(root, Many) for root in model.roots.values()):
        for order in model.orders:
            yield "btree", f"{_key(order)}, id", ""
    for further in model.indexes:
        columns, _, condition = further.partition(" where ")
        yield "btree", columns, condition
    if model.derived is not None:
        yield "btree", f'"{model.derived.column(model)}"', ""
    for column in model.columns:
        if column.key_column:
            yield "btree", f'"{column.key_column}"', _there(column.key_column)
        if column.tokens_column:
            yield "gin", f'"{column.tokens_column}"', ""


def _there(column: str) -> str:
    return f'"{column}" IS NOT NULL'


def _both(there: str, condition: str) -> str:
    return f"{there} AND ({condition})" if there and condition else there or condition


def _key(order: Column) -> str:
    return f"({order.order_sql('')})" if order.nullable else order.order_sql("")


def _lists(model: Declared, relation: One) -> Iterator[Many]:
    for target in relation.targets:
        yield from (each for each in target.members.values() if isinstance(each, Many) and each.target_name == model.name)


def _condition(each: Many) -> str:
    """The list's narrowing as an index's condition: only of the row's own columns, `{this}.` left out."""
    if not each.where or each.where.count("{") != each.where.count("{this}."):
        return ""
    return expand(each.where, lambda _: "").replace(".", "", each.where.count("{this}."))
