"""Questions about who could do or see what, for those who may ask: fields of the query's root that a service answers."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple, Protocol
from uuid import UUID

Answers = Any
"""Mappings by field, lists of them, or None."""


class Lookups(Protocol):
    """Answers them. Raises GraphQLError where the viewer may not ask, or where a question can't be answered."""

    async def could_have(self, viewer: UUID, asked: Mapping[str, Any]) -> Answers:
        """Whether somebody could do or see something."""
        ...

    async def exposure(self, viewer: UUID, asked: Mapping[str, Any]) -> Answers:
        """Who could see something in a time, and why."""
        ...


class Looked(NamedTuple):
    """A field of the root that is answered by a service, with the viewer and its arguments in their text forms."""

    name: str
    call: Callable[[Lookups, UUID, Mapping[str, Any]], Awaitable[Answers]]


Shape = tuple[tuple[str, str, "Within | None"], ...]
"""What is selected of an answer: keys with their fields, and of what is within these."""


class Within(NamedTuple):
    """What is selected of the objects of a field, and their type's name."""

    shape: Shape
    type_name: str


def shown(value: Answers, shape: Shape, type_name: str) -> Answers:
    """What was selected of an answer."""
    if isinstance(value, list):
        return [shown(each, shape, type_name) for each in value]

    def field(name: str, within: Within | None) -> Answers:
        if name == "__typename":
            return type_name
        return value[name] if within is None else shown(value[name], *within)

    return {key: field(name, within) for key, name, within in shape}


def as_text(value: Any) -> str:
    """An argument on its way to the service: an id or a word as it is, a time in ISO 8601, a moment as `kind=value`, a list with
    a space between each."""
    if isinstance(value, Mapping):
        [(kind, inner)] = value.items()
        return f"{kind}={as_text(inner)}"
    if isinstance(value, list | tuple):
        return " ".join(map(as_text, value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
