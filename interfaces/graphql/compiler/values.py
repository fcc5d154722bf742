"""Values on their way: as GraphQL types, as parameters of SQL, and back from the JSON that SQL made."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from graphql import GraphQLBoolean, GraphQLFloat, GraphQLInt, GraphQLNamedType, GraphQLString

from interfaces.graphql import scalars
from interfaces.graphql.ids import bad_input
from projections.engine.values import Long, ValueType

SCALARS: dict[Any, Any] = {
    str: GraphQLString,
    int: GraphQLInt,
    bool: GraphQLBoolean,
    float: GraphQLFloat,
    UUID: scalars.UNIQUE_ID,
    date: scalars.DATE,
    datetime: scalars.DATE_TIME,
    Long: scalars.LONG,
    Decimal: scalars.DECIMAL,
}
"""The GraphQL scalar of each Python type; texts with choices have an enum instead."""

FROM_JSON: dict[Any, Callable[[Any], Any]] = {
    str: str,
    int: int,
    bool: bool,
    float: float,
    UUID: UUID,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    Long: int,
    Decimal: Decimal,
}


def parameter_text(value: Any) -> str:
    """A coerced argument in the text form of its SQL type. Raises GraphQLError for a text that no column can hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and "\0" in value:
        raise bad_input("A text may not hold the character U+0000.")
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def parameter_list(values: list[Any]) -> list[str]:
    """A coerced list argument for an array; nulls equal nothing, so they are left out."""
    return [parameter_text(value) for value in values if value is not None]


def in_json(kind: ValueType, sql: str) -> str:
    """The SQL of a value's JSON form; one of several choices stands under its enum name."""
    return f"upper({sql})" if kind.choices else kind.in_json(sql)


def from_json(kind: ValueType, value: Any) -> Any:
    """A value's Python form again, from the JSON form (not the enum's name) that `ValueType.in_json` gave it."""
    return None if value is None else FROM_JSON[kind.python](value)


def to_json(named: GraphQLNamedType, value: Any) -> Any:
    """A Python value as the JSON that this leaf type has. Raises GraphQLError where it isn't one."""
    return named.coerce_output_value(value)  # type: ignore[attr-defined]  # a leaf type


def array(sql_type: str) -> str:
    """The array type of a column's type, whose collation belongs after the brackets."""
    name, collate, collation = sql_type.partition(" COLLATE ")
    return f"{name}[]{collate}{collation}"
