"""The SQL that changes a model's tables, made once for each table. Names come from declarations, never from outside."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from infra.postgres.projections.layout import SINCE, UNTIL, Cell, layout
from projections.engine.store import Slot


class Statements:
    """What is said to PostgreSQL about one table. Values are parameters; rows come as one array for each column."""

    def __init__(self, schema: str, slot: Slot) -> None:
        """`schema` is quoted."""
        self.model = slot.model
        self.layout = layout(slot.model)
        self.table = f'{schema}."{slot.table}"'
        self.past = f'{schema}."{slot.table}_history"'

    def load(self, columns: Sequence[str]) -> bytes:
        """The rows with these ids, and those whose columns hold one of the values: an array for each."""
        found = " OR ".join(["t.id = ANY(%s)", *(f't."{column}" = ANY(%s)' for column in columns)])
        return f"SELECT {_names(self.layout.loaded, 't.')} FROM {self.table} t WHERE {found}".encode()  # noqa: S608

    @cached_property
    def insert(self) -> bytes:
        return self._insert(self.table, self.layout.cells)

    @cached_property
    def insert_past(self) -> bytes:
        return self._insert(self.past, self.layout.history)

    @cached_property
    def copy(self) -> bytes:
        return f"COPY {self.table} ({_names(self.layout.cells)}) FROM STDIN (FORMAT BINARY)".encode()

    @cached_property
    def copy_past(self) -> bytes:
        return f"COPY {self.past} ({_names(self.layout.history)}) FROM STDIN (FORMAT BINARY)".encode()

    @cached_property
    def update(self) -> bytes:
        cells = self.layout.cells
        changes = ", ".join(f'"{cell.name}" = {_taken(cell)}' for cell in cells if cell.name != "id")
        return f"UPDATE {self.table} t SET {changes} FROM {_arrays(cells)} WHERE t.id = u.id".encode()  # noqa: S608

    @cached_property
    def delete(self) -> bytes:
        return f"DELETE FROM {self.table} WHERE id = ANY(%s)".encode()  # noqa: S608

    @cached_property
    def erase(self) -> tuple[bytes, ...]:
        """The statements that take an array of data keys, and blank what they sealed, now and in the past."""
        return tuple(text.encode() for text in self._erase())

    def _insert(self, table: str, cells: Sequence[Cell]) -> bytes:
        taken = ", ".join(_taken(cell) for cell in cells)
        return f"INSERT INTO {table} ({_names(cells)}) SELECT {taken} FROM {_arrays(cells)}".encode()  # noqa: S608

    def _erase(self) -> Iterator[str]:
        for column in self.model.personal:
            key = f'"{column.key_column}"'
            tokens = f', "{column.tokens_column}" = NULL' if column.tokens_column else ""
            for table in (self.table, self.past) if self.model.history else (self.table,):
                if column.nullable:
                    yield f'UPDATE {table} SET "{column.name}" = NULL{tokens} WHERE {key} = ANY(%s)'  # noqa: S608
                else:
                    yield f"DELETE FROM {table} WHERE {key} = ANY(%s)"  # noqa: S608


def _names(cells: Sequence[Cell], prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{cell.name}"' for cell in cells)


def _arrays(cells: Sequence[Cell]) -> str:
    # An array of arrays must be rectangular, so each row's tokens come as one text.
    types = ("text" if cell.oid_type == "text[]" else cell.oid_type for cell in cells)
    return f"unnest({', '.join(f'%s::{each}[]' for each in types)}) AS u ({_names(cells)})"


def _taken(cell: Cell) -> str:
    return f"string_to_array(u.\"{cell.name}\", ' ')" if cell.oid_type == "text[]" else f'u."{cell.name}"'


__all__ = ["SINCE", "UNTIL", "Statements"]
