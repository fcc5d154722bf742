"""What is said to PostgreSQL to change a model's tables. Names come from declarations, never from outside."""

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from itertools import repeat
from operator import is_not
from typing import Any
from uuid import UUID

from infra.postgres.projections.binary import array, copied
from infra.postgres.projections.layout import Cell, Columns, layout
from infra.postgres.projections.session import Copied, Said
from projections.engine.store import Changes, Slot, Wanted

COPIED_FROM = 200
"""Rows from which on COPY is faster than arrays."""


class Statements:
    """What is said about one table. Values are parameters; rows come as one array for each column, or by COPY."""

    def __init__(self, schema: str, slot: Slot) -> None:
        """`schema` is quoted."""
        self.model = slot.model
        self.layout = layout(slot.model)
        self.table = f'{schema}."{slot.table}"'
        self.past = f'{schema}."{slot.table}_history"'

    def load(self, wanted: Wanted) -> Said:
        """The rows with these ids, and those whose columns hold one of the values: an array for each."""
        columns = ("id", *(f"{column}_id" for column in wanted.lookups))
        found = " OR ".join(f't."{column}" = ANY(${number}::uuid[])' for number, column in enumerate(columns, start=1))
        text = f"SELECT {_names(self.layout.loaded, 't.')} FROM {self.table} t WHERE {found}"  # noqa: S608
        return Said(text.encode(), [array("uuid", list(ids)) for ids in (wanted.ids, *wanted.lookups.values())])

    def write(self, changes: Changes) -> Iterator[Said | Copied]:
        """What brings the table, and that of its versions, to where a batch left them."""
        if changes.deleted:
            yield Said(self._delete, [array("uuid", list(changes.deleted))])
        if changes.updated:
            yield self._arrays(self._update, self.layout.cells, self.layout.rows(changes.updated))
        if changes.inserted:
            yield self._added(self.table, self.layout.cells, self.layout.rows(changes.inserted))
        if changes.closed:
            yield self._added(self.past, self.layout.history, self.layout.versions(changes.closed))

    def erase(self, keys: Collection[UUID]) -> Iterator[Said]:
        """What blanks all that these data keys sealed, now and in the past."""
        for text in self._erase:
            yield Said(text, [array("uuid", list(keys))])

    def _added(self, table: str, cells: Sequence[Cell], columns: Columns) -> Said | Copied:
        if len(columns[0]) < COPIED_FROM:
            return self._arrays(_insert(table, cells), cells, columns)
        # What is null in all rows needn't be said; in most tables that is half of the columns.
        filled = [(cell, column) for cell, column in zip(cells, columns, strict=True) if not _is_null(column)]
        text = f"COPY {table} ({_names([cell for cell, _ in filled])}) FROM STDIN (FORMAT BINARY)"
        return Copied(text.encode(), copied([(cell.oid_type, column) for cell, column in filled]))

    def _arrays(self, text: bytes, cells: Sequence[Cell], columns: Columns) -> Said:
        return Said(text, [_array(cell, column) for cell, column in zip(cells, columns, strict=True)])

    @cached_property
    def _update(self) -> bytes:
        cells = self.layout.cells
        changes = ", ".join(f'"{cell.name}" = {_taken(cell)}' for cell in cells if cell.name != "id")
        return f"UPDATE {self.table} t SET {changes} FROM {_unnested(cells)} WHERE t.id = u.id".encode()  # noqa: S608

    @cached_property
    def _delete(self) -> bytes:
        return f"DELETE FROM {self.table} WHERE id = ANY($1::uuid[])".encode()  # noqa: S608

    @cached_property
    def _erase(self) -> tuple[bytes, ...]:
        return tuple(text.encode() for text in self._blanked())

    def _blanked(self) -> Iterator[str]:
        for column in self.model.personal:
            key = f'"{column.key_column}"'
            tokens = f', "{column.tokens_column}" = NULL' if column.tokens_column else ""
            for table in (self.table, self.past) if self.model.history else (self.table,):
                if column.nullable:
                    yield f'UPDATE {table} SET "{column.name}" = NULL{tokens} WHERE {key} = ANY($1::uuid[])'  # noqa: S608
                else:
                    yield f"DELETE FROM {table} WHERE {key} = ANY($1::uuid[])"  # noqa: S608


def _is_null(column: Sequence[Any]) -> bool:
    return column[0] is None and not any(map(is_not, column, repeat(None)))


def _names(cells: Sequence[Cell], prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{cell.name}"' for cell in cells)


def _insert(table: str, cells: Sequence[Cell]) -> bytes:
    taken = ", ".join(_taken(cell) for cell in cells)
    return f"INSERT INTO {table} ({_names(cells)}) SELECT {taken} FROM {_unnested(cells)}".encode()  # noqa: S608


def _unnested(cells: Sequence[Cell]) -> str:
    # An array of arrays must be rectangular, so each row's tokens come as one text.
    types = ("text" if cell.oid_type == "text[]" else cell.oid_type for cell in cells)
    arrays = ", ".join(f"${number}::{each}[]" for number, each in enumerate(types, start=1))
    return f"unnest({arrays}) AS u ({_names(cells)})"


def _array(cell: Cell, values: Sequence[Any]) -> bytes:
    if cell.oid_type == "text[]":
        return array("text", [None if tokens is None else " ".join(tokens) for tokens in values])
    return array(cell.oid_type, values)


def _taken(cell: Cell) -> str:
    return f"string_to_array(u.\"{cell.name}\", ' ')" if cell.oid_type == "text[]" else f'u."{cell.name}"'
