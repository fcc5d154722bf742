"""What a command's own checks found wrong with a value, in our words: pydantic's are for programmers."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from interfaces.graphql.schema.inputs import Unreadable
from interfaces.graphql.schema.naming import camel

LEAST = {
    "string_too_short": ("min_length", "It has at least {bound} characters."),
    "too_short": ("min_length", "It has at least {bound} entries."),
    "greater_than_equal": ("ge", "It is at least {bound}."),
    "greater_than": ("gt", "It is more than {bound}."),
}
MOST = {
    "string_too_long": ("max_length", "It has at most {bound} characters."),
    "too_long": ("max_length", "It has at most {bound} entries."),
    "less_than_equal": ("le", "It is at most {bound}."),
    "less_than": ("lt", "It is less than {bound}."),
}
"""By pydantic's name of what is wrong: where it says the bound, and our words."""


def unfit(command: type[BaseModel], error: ValidationError) -> Unreadable:
    """The first thing that is wrong, as a command's input shows it."""
    first = error.errors(include_url=False, include_input=False)[0]
    where, kind, given = first["loc"], first["type"], first.get("ctx", {})
    field = ".".join(camel(step) if isinstance(step, str) else str(step) for step in where)
    if kind in LEAST:
        bound, words = LEAST[kind]
        reason = "It may not be empty." if given[bound] == 1 and bound == "min_length" else words.format(bound=given[bound])
        return Unreadable(field, reason, at_least=_number(given[bound]))
    if kind in MOST:
        bound, words = MOST[kind]
        return Unreadable(field, words.format(bound=given[bound]), at_most=_number(given[bound]))
    if kind == "value_error":
        return Unreadable(field, _sentence(str(given["error"])))
    return Unreadable(field, f"It is not what is asked for: {_described(command, where)}")


def _sentence(words: str) -> str:
    """What one of our own checks said."""
    return words[:1].upper() + words[1:].rstrip(".") + "."


def _number(bound: Any) -> Decimal | None:
    try:
        return Decimal(bound)
    except (TypeError, ValueError, InvalidOperation):
        return None  # a time: the reason says it


def _described(model: Any, where: Sequence[int | str]) -> str:
    """What the schema says of the field."""
    description = ""
    for step in where:
        fields: Mapping[str, Any] = getattr(model, "model_fields", {})
        if step in fields:
            description, model = fields[str(step)].description or description, _inner(fields[str(step)].annotation)
    return description[:1].lower() + description[1:]


def _inner(hint: Any) -> Any:
    """The model in the annotation of a field, if there is one."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return hint
    return next((found for arg in get_args(hint) if (found := _inner(arg)) is not None), None)
