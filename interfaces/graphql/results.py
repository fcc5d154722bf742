"""What comes of a mutation, as the schema shows it."""

import inspect
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from domain.kernel.refusals import Refusal
from interfaces.graphql.ids import global_id
from interfaces.graphql.schema.hints import Kind
from interfaces.graphql.schema.writing import refusal_kinds, shown_name


class Result(NamedTuple):
    """What came of a mutation, as one of its union's types: its values by field, and the id and position of what it shows."""

    type: str
    values: Mapping[str, Any]
    shown: UUID | None = None
    position: int = 0


def refused_with(refusal: Refusal) -> Result:
    """A refusal."""
    values: dict[str, Any] = {"explanation": explanation(type(refusal))}
    for name, (kind, _) in refusal_kinds(type(refusal)).items():
        value = getattr(refusal, name)
        many = value if kind.several else () if value is None else (value,)
        shown = [_output(kind, each) for each in many]
        values[shown_name(name, kind)] = shown if kind.several else next(iter(shown), None)
    return Result(type(refusal).__name__, values)


def explanation(refusal: type[Refusal]) -> str:
    """A refusal in words: the first paragraph of what is said of it."""
    return " ".join((inspect.getdoc(refusal) or "").partition("\n\n")[0].split())


def _output(kind: Kind, value: Any) -> Any:
    if kind.of:
        return global_id(kind.of, value)
    return value.upper() if kind.choices else kind.leaf.coerce_output_value(value)
