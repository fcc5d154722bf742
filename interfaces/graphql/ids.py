"""Global ids and cursors: opaque to clients, decoded by type before anything reaches SQL."""

import base64
import binascii
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from graphql import GraphQLError

LAST_POSITION = 2**63 - 1
LONGEST = 2_000
"""Characters of an id or cursor that are looked at; a longer one isn't ours."""


def bad_input(message: str) -> GraphQLError:
    """An argument's value can't be used. Clients and testing tools know this code."""
    return GraphQLError(message, extensions={"code": "BAD_USER_INPUT"})


class GlobalId(NamedTuple):
    """What an id says: the type's name, the key, and for an object of the past the position that it was read as of."""

    type: str
    key: UUID
    position: int | None


def global_id(type_name: str, key: UUID) -> str:
    """The id of an object across all types (Relay's Global Object Identification)."""
    return base64.b64encode(f"{type_name}:{key}".encode()).decode()


def read_global_id(text: str) -> tuple[str, UUID] | None:
    """The type's name and the key; None for what isn't an id of ours."""
    name, colon, key = (_decoded(text) or "").partition(":")
    try:
        return (name, UUID(key)) if colon and len(key) == 36 else None
    except ValueError:
        return None


def read_id(text: str) -> GlobalId | None:
    """What any id of ours says, one of the past too; None for what isn't one."""
    return _read(text) if len(text) <= LONGEST else None


@lru_cache(10_000)
def _read(text: str) -> GlobalId | None:
    # A request's id is read for the shape of its statement and for each of its parameters.
    present, at, digits = (_decoded(text) or "").partition("@")
    name, colon, key = present.partition(":")
    if not colon or len(key) != 36 or (at and not (digits.isascii() and digits.isdigit() and len(digits) <= 19)):
        return None
    try:
        found = GlobalId(name, UUID(key), int(digits) if at else None)
    except ValueError:
        return None
    return found if found.position is None or found.position <= LAST_POSITION else None


def of_the_past(text: str) -> bool:
    """Whether it is an id of an object as of a position."""
    found = read_id(text)
    return found is not None and found.position is not None


def local_key(text: str, type_name: str) -> UUID | None:
    """The key in an id of this type; None for any other text."""
    found = read_global_id(text)
    return found[1] if found and found[0] == type_name else None


def read_cursor(text: str, order: str, parse: Callable[[Any], Any]) -> tuple[Any, UUID]:
    """The value, as `parse` reads its wire form, and the key. Raises GraphQLError for a cursor of another list."""
    try:
        made_for, value, key = orjson.loads(_decoded(text) or "null")
        if made_for == order:
            return parse(value), UUID(key)
    except (ValueError, TypeError, AttributeError, GraphQLError):
        pass
    raise bad_input("This is not a cursor of this list in this order.")


def _decoded(text: str) -> str | None:
    try:
        return base64.b64decode(text, validate=True).decode() if len(text) <= LONGEST else None
    except (binascii.Error, ValueError):
        return None
