"""Read models folded as plainly as possible: one event after another, every row in memory, no batch and no database.

It takes the models' functions for given (what these should do is told by the oracle) and says again what the engine promises of
them: which row is changed, what stays of it, which data key each value came from, and what waits in quarantine.
"""

from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec.structs import replace

from domain.kernel.events import Event, Recorded
from domain.kernel.personal import Erased
from projections.engine.erasure import ERASES
from projections.engine.feeds import FEEDS, Feed
from projections.engine.members import MODELS, Column, Declared, One
from projections.engine.model import Model
from projections.engine.tokens import tokens
from tests.projections.plain_sets import SETS, Told

Values = dict[str, Any]


class Standing(NamedTuple):
    """A row as it holds from a position on, and the data keys of its personal values."""

    row: Model
    keys: dict[str, UUID | None]
    since: int


class Past(NamedTuple):
    """A row as it held until a position."""

    was: Standing
    until: int


class Waiting(NamedTuple):
    """An event that a row couldn't take, or that waits behind such a one."""

    table: str
    key: UUID
    position: int
    first: bool


class Plain:
    """All read models of a history."""

    def __init__(self) -> None:
        self.now: dict[Declared, dict[UUID, Standing]] = {}
        self.past: dict[Declared, list[Past]] = {}
        self.held: list[Waiting] = []

    def tell(self, said: Recorded[Event]) -> None:
        """What happens next."""
        if type(said.event) in ERASES:
            self._erase(set(ERASES[type(said.event)](said)))
        for feed in FEEDS.get(type(said.event), ()):
            for key, before, after in self._outcomes(feed, said):
                waits = any(each.key == key and each.table == feed.model.table for each in self.held)
                if waits or isinstance(after, Exception):
                    self.held.append(Waiting(feed.model.table, key, said.position, not waits))
                elif after is not (before.row if before else None):
                    self._becomes(feed.model, key, before, after, said)
        for name, told in SETS.items():
            self._derive(MODELS[name], told, said)

    def takes(self, said: Recorded[Event]) -> bool:
        """Whether every row that an event concerns could take it now."""
        outcomes = [out for feed in FEEDS.get(type(said.event), ()) for out in self._outcomes(feed, said)]
        return not any(isinstance(after, Exception) for _, _, after in outcomes)

    def rows(self, model: Declared) -> list[Values]:
        """The rows as their table shows them."""
        return sorted((_shown(each) for each in self.now.get(model, {}).values()), key=lambda values: values["id"])

    def versions(self, model: Declared) -> list[Values]:
        """The versions as their table shows them."""
        shown = (_shown(each.was) | {"valid_to": each.until} for each in self.past.get(model, ()))
        return sorted(shown, key=lambda values: (values["id"], values["valid_from"]))

    def _outcomes(self, feed: Feed, said: Recorded[Event]) -> list[tuple[UUID, Standing | None, Model | Exception | None]]:
        rows = self.now.get(feed.model, {})
        if feed.takes_row:
            keys = feed.keys(said) if feed.lookup is None else self._found(feed, said)
            return [(key, rows.get(key), self._changed(feed, said, rows.get(key))) for key in keys]
        made = feed.change(said)
        several: list[Model] = list(made) if feed.several else [] if made is None else [made]
        return [(row.id, rows.get(row.id), LookupError() if row.id in rows else row) for row in several]

    def _found(self, feed: Feed, said: Recorded[Event]) -> list[UUID]:
        assert feed.lookup
        value = feed.lookup.value(said)
        return [key for key, each in self.now.get(feed.model, {}).items() if getattr(each.row, feed.lookup.column) == value]

    def _changed(self, feed: Feed, said: Recorded[Event], before: Standing | None) -> Model | Exception | None:
        if before is None and not feed.optional:
            return LookupError()
        try:
            after: Model | None = feed.change(before.row if before else None, said)
        except Exception as error:  # noqa: BLE001 (a read model's function may raise anything)
            return error
        return after

    def _becomes(self, model: Declared, key: UUID, before: Standing | None, after: Model | None, said: Recorded[Any]) -> None:
        rows = self.now.setdefault(model, {})
        if before is not None and model.history:
            self.past.setdefault(model, []).append(Past(before, said.position))
        rows.pop(key, None)
        if after is not None:
            keys = {column.name: _key(column, before, after, said) for column in model.personal}
            rows[key] = Standing(after, keys, said.position)

    def _derive(self, model: Declared, told: Told, said: Recorded[Event]) -> None:
        """All rows of a set anew, but for the keys that are touched by a row that waits."""
        touching: dict[UUID, dict[str, list[Model]]] = {}
        waiting: set[UUID | None] = set()
        for source, touched in told.touches.items():
            for id_, standing in self.now.get(MODELS[source], {}).items():
                if (key := touched(standing.row)) is not None:
                    touching.setdefault(key, {name: [] for name in told.touches})[source].append(standing.row)
                    if any((each.table, each.key) == (MODELS[source].table, id_) for each in self.held):
                        waiting.add(key)
        rows = {row.id: (key, row) for key, found in touching.items() for row in told.rows(key, found)}
        assert model.derived
        before = self.now.get(model, {})
        for id_ in dict.fromkeys((*before, *rows)):
            was, (key, row) = before.get(id_), rows.get(id_, (None, None))
            if was is not None:
                key = getattr(was.row, model.derived.key)
            if key not in waiting and row != (was.row if was else None):
                self._becomes(model, id_, was, row, said)

    def _erase(self, withdrawn: set[UUID]) -> None:
        for rows in self.now.values():
            for key, each in list(rows.items()):
                left = _without(each, withdrawn)
                if left is None:
                    del rows[key]
                else:
                    rows[key] = left
        for past in self.past.values():
            past[:] = [Past(left, each.until) for each in past if (left := _without(each.was, withdrawn)) is not None]


def _key(column: Column, before: Standing | None, after: Model, said: Recorded[Any]) -> UUID | None:
    """A value that this event gave is under its key, even the same words; one that stays, or is taken back, under the old."""
    new = getattr(after, column.name)
    known = before.keys[column.name] if before else None
    given = {said.keys[name]: _part(getattr(said.event, name), column) for name in column.personal if name in said.keys}
    for key, value in given.items():
        if value is new or (new is None and isinstance(value, Erased)):
            return key
    if new is None or (before is not None and new == getattr(before.row, column.name)):
        return known
    return next(iter(given))


def _part(value: Any, column: Column) -> Any:
    """Of a record, the field that the column is named after."""
    return getattr(value, column.name) if isinstance(value, msgspec.Struct) and hasattr(value, column.name) else value


def _without(standing: Standing, withdrawn: set[UUID]) -> Standing | None:
    gone = [column for column in standing.row.declared.personal if standing.keys[column.name] in withdrawn]
    if not all(column.nullable for column in gone):
        return None
    return standing._replace(row=replace(standing.row, **{column.name: None for column in gone}))


def _shown(standing: Standing) -> Values:
    model, row = standing.row.declared, standing.row
    values: Values = {"id": row.id, "valid_from": standing.since}
    for column in model.columns:
        value = values[column.name] = getattr(row, column.name)
        if column.key_column:
            values[column.key_column] = standing.keys[column.name]
        if column.tokens_column:
            values[column.tokens_column] = None if value is None else tokens(value)
    for relation in model.relations:
        values |= _leads(relation, getattr(row, relation.name))
    return values


def _leads(relation: One, value: Any) -> Values:
    if relation.type_column is None:
        return {relation.id_column: value}
    return {relation.type_column: value and value.model, relation.id_column: value and value.id}
