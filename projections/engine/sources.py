"""Which data key each personal value of a row came from: so that exactly that value goes when the key does."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from domain.kernel.events import Recorded
from projections.engine.members import Column, Declared
from projections.engine.model import Model
from projections.engine.store import ValueKeys


class NotPersonal(Exception):
    """A personal column was given a value that comes from none of the event's personal fields it names."""


def value_keys(model: Declared, before: Model | None, known: ValueKeys, after: Model | None, said: Recorded[Any]) -> ValueKeys:
    """The keys of the row's personal values after an event. Raises NotPersonal."""
    if after is None or not model.personal or after is before:
        return known if after is before else ()
    return tuple(
        _key(model, number, getattr(before, column.name, None), known, getattr(after, column.name), said)
        for number, column in enumerate(model.personal)
    )


def blanked(
    personal: Sequence[Column], row: Model, keys: ValueKeys, destroyed: Collection[UUID]
) -> tuple[Model | None, ValueKeys]:
    """The row without what was sealed with these keys; None where it can't be without."""
    gone = [column for column, key in zip(personal, keys, strict=True) if key in destroyed]
    if not gone:
        return row, keys
    if not all(column.nullable for column in gone):
        return None, ()
    left = replace(row, **{column.name: None for column in gone})
    return left, tuple(None if key in destroyed else key for key in keys)


def _key(model: Declared, number: int, old: Any, known: ValueKeys, new: Any, said: Recorded[Any]) -> UUID | None:
    column = model.personal[number]
    if new is None:
        return None
    for source in column.personal:
        # The very object: a text that is set again to the same words is under the new event's key from then on.
        if source in said.keys and getattr(said.event, source) is new:
            return said.keys[source]
    if old == new and known:
        return known[number]
    for source in column.personal:
        if source in said.keys:
            return said.keys[source]
    raise NotPersonal(
        f"{model.name}.{column.name} is personal and must come from {' or '.join(column.personal)} of {type(said.event).__name__}"
    )
