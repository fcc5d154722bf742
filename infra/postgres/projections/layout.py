"""How a row stands in its table: which columns, in which order, and from row to values and back."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from msgspec.structs import astuple

from projections.engine.members import Column, Declared, Member, One
from projections.engine.model import Model
from projections.engine.store import Stored, ValueKeys, Version
from projections.engine.tokens import tokens
from projections.engine.values import TEXT, Ref

Columns = list[Sequence[Any]]

UNTIL = "valid_to"
SINCE = "valid_from"


class Cell(NamedTuple):
    """A column of the table: `type` is its type in DDL, `oid_type` the same without collation, for casts and COPY."""

    name: str
    type: str
    nullable: bool

    @property
    def oid_type(self) -> str:
        return self.type.replace(' COLLATE "C"', "")

    @property
    def ddl(self) -> str:
        return f'"{self.name}" {self.type}{"" if self.nullable else " NOT NULL"}'


class Layout:
    """The columns of a model's table: the row's own, the keys of personal values, search tokens, and since when it holds."""

    def __init__(self, model: Declared) -> None:
        self.model = model
        self._own: list[Cell] = [Cell("id", "uuid", nullable=False)]
        self._names: list[str] = ["id"]
        self._unions: list[int] = []
        for member in model.members.values():
            self._add(member)
        keys = [Cell(f"{column.name}_key", "uuid", nullable=True) for column in model.personal]
        searched = [column for column in model.columns if column.tokens_column]
        found = [Cell(f"{column.name}_tokens", "text[]", nullable=True) for column in searched]
        self.loaded = (*self._own, *keys, Cell(SINCE, "bigint", nullable=False))
        """What is read back: all but the tokens."""
        self.cells = (*self._own, *keys, *found, Cell(SINCE, "bigint", nullable=False))
        self.history = (*self.cells, Cell(UNTIL, "bigint", nullable=False))
        self._tokens = [self._names.index(column.name) for column in searched]
        _refuse_twins(model, self.history)

    def rows(self, rows: Sequence[Stored]) -> Columns:
        """The values of rows, column by column in the order of `cells`. There is at least one row."""
        own, keys, since = zip(*rows, strict=True)
        return [*self._columns(own, keys), since]

    def versions(self, versions: Sequence[Version]) -> Columns:
        """The values of versions, column by column in the order of `history`. There is at least one version."""
        own, keys, since, until = zip(*versions, strict=True)
        return [*self._columns(own, keys), since, until]

    def stored(self, values: Sequence[Any]) -> Stored:
        """A row from its values in the order of `loaded`."""
        own, keys, since = values[: len(self._own)], values[len(self._own) : -1], values[-1]
        if self._unions:
            own = self._joined(own)
        return Stored(self.model.row(**dict(zip(self._names, own, strict=True))), tuple(keys), since)

    def _add(self, member: Member) -> None:
        match member:
            case Column(name="id"):
                return
            case Column(name=name, type=type_, nullable=nullable):
                self._own.append(Cell(name, type_.sql, nullable))
                self._names.append(name)
            case One(name=name, optional=optional):
                if member.type_column:
                    self._unions.append(len(self._own))
                    self._own.append(Cell(member.type_column, TEXT, optional))
                self._own.append(Cell(member.id_column, "uuid", optional))
                self._names.append(name)
            case _:
                return  # it has no column of its own

    def _columns(self, rows: Sequence[Model], keys: Sequence[ValueKeys]) -> Columns:
        values: Columns = list(zip(*map(astuple, rows), strict=True))
        found = [[None if text is None else tokens(text) for text in values[at]] for at in self._tokens]
        for at in self._unions:  # what stands at this place has two columns now
            values[at : at + 1] = zip(*[(None, None) if ref is None else ref for ref in values[at]], strict=True)
        return [*values, *zip(*keys, strict=True), *found]

    def _joined(self, own: Sequence[Any]) -> Sequence[Any]:
        joined, at = [], 0
        while at < len(own):
            if at in self._unions:
                joined.append(None if own[at] is None else Ref(own[at], own[at + 1]))
                at += 1
            else:
                joined.append(own[at])
            at += 1
        return joined


@cache
def layout(model: Declared) -> Layout:
    """The layout of a model's table, made once."""
    return Layout(model)


def _refuse_twins(model: Declared, cells: Sequence[Cell]) -> None:
    names = [cell.name for cell in cells]
    for name in names:
        if names.count(name) > 1:
            raise TypeError(f"{model.name}: two columns of its table would be called {name}")
