"""What a column can hold: its Python type, how PostgreSQL stores it, and how it stands in JSON."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple, NewType, get_args, get_origin
from uuid import UUID

Long = NewType("Long", int)
"""A 64-bit integer: bigint in the table, a string in JSON, where numbers are exact to 2^53 only."""


class Ref(NamedTuple):
    """A row of one of several models: the model's name and the row's id."""

    model: str
    id: UUID


class ValueType(NamedTuple):
    """A type of values. `json` is the SQL expression of its JSON form, with `{}` where the value belongs."""

    python: Any
    sql: str
    json: str = "{}"
    choices: tuple[str, ...] = ()

    def in_json(self, value: str) -> str:
        """The SQL expression that puts this SQL value into JSON."""
        return self.json.replace("{}", value)


TEXT = 'text COLLATE "C"'
_PLAIN = {
    kind.python: kind
    for kind in (
        ValueType(str, TEXT),
        ValueType(int, "integer"),
        ValueType(bool, "boolean"),
        ValueType(float, "double precision"),
        ValueType(UUID, "uuid"),
        ValueType(date, "date"),
        ValueType(datetime, "timestamptz"),
        ValueType(Long, "bigint", "{}::text"),
        ValueType(Decimal, "numeric", "{}::text"),
    )
}


def value_type(annotation: Any) -> ValueType | None:
    """The type of values that an annotation means; None where it isn't one. `Literal["open", "archived"]` is a text."""
    if get_origin(annotation) is Literal:
        choices = get_args(annotation)
        return ValueType(str, TEXT, choices=choices) if all(isinstance(choice, str) for choice in choices) else None
    plain = _PLAIN.get(annotation)
    if plain is None and hasattr(annotation, "__supertype__"):
        return value_type(annotation.__supertype__)
    return plain
