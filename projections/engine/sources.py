"""Which data key each personal value of a row came from: so that exactly that value goes when the key does."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from domain.kernel.events import Recorded
from domain.kernel.personal import Erased
from projections.engine.members import Column, Declared
from projections.engine.model import Model
from projections.engine.store import ValueKeys


class NotPersonal(Exception):
    """A personal column was given a value that comes from none of the event's personal fields it names."""


def value_keys(model: Declared, before: Model | None, known: ValueKeys, after: Model | None, said: Recorded[Any]) -> ValueKeys:
    """The keys of the row's personal values after an event. Raises NotPersonal."""
    if after is before:
        return known
    if after is None or not model.personal:
        return ()
    return tuple(
        [
            _key(model.name, column, getattr(before, column.name, None), old_key, getattr(after, column.name), said)
            for column, old_key in zip(model.personal, known or (None,) * len(model.personal), strict=True)
        ]
    )


def blanked(
    personal: Sequence[Column], row: Model, keys: ValueKeys, withdrawn: Collection[UUID]
) -> tuple[Model | None, ValueKeys]:
    """The row without what was sealed with these keys; None where it can't be without. It still says under which key it was."""
    gone = [column for column, key in zip(personal, keys, strict=True) if key in withdrawn]
    if not all(column.nullable for column in gone):
        return None, ()
    if all(getattr(row, column.name) is None for column in gone):
        return row, keys
    return replace(row, **{column.name: None for column in gone}), keys


def _key(model: str, column: Column, old: Any, old_key: UUID | None, new: Any, said: Recorded[Any]) -> UUID | None:
    first = None
    for source in column.personal:
        key = said.keys.get(source)
        if key is None:
            continue
        first = first or key
        value = getattr(said.event, source)
        if isinstance(value, msgspec.Struct):
            value = getattr(value, column.name, value)  # of a record, the field that has the column's name
        # The very object: a text that is set again to the same words is under the new event's key from then on. A value that
        # can't be read any more, or isn't there, was sealed too: the key is the same whether it could be read or not.
        if value is new or (new is None and isinstance(value, Erased)):
            return key
    # A value that is taken back may have been unreadable already: its key stays, so that nothing depends on which it was.
    if new is None or old == new:
        return old_key
    if first is not None:
        return first
    names = " or ".join(column.personal)
    raise NotPersonal(f"{model}.{column.name} is personal and must come from {names} of {type(said.event).__name__}")
