"""Identifiers: opaque, and either random (made at the edge) or derived from what must be unique."""

from datetime import date
from functools import lru_cache
from typing import NewType
from uuid import UUID, uuid5

PersonId = NewType("PersonId", UUID)

SEPARATOR = "\x1f"
NAMESPACE = UUID("8a2f7c1e-5d0b-5e63-9b1f-0c6f4d2e7a91")
"""Root of all derived identifiers. It is part of stored history and never changes."""


def derived(*parts: str | UUID) -> UUID:
    """The one identifier of what these parts name together (RFC 9562, version 5).

    Parts are joined by a character that may occur in none of them (U+001F), else ValueError; a part that tells about a
    person must have gone through the organisation's HMAC before it comes here.
    """
    words = [str(part) for part in parts]
    if any(SEPARATOR in word for word in words):
        raise ValueError("a part of a derived identifier holds the character that parts are joined by, U+001F")
    return uuid5(NAMESPACE, SEPARATOR.join(words))


@lru_cache(maxsize=200_000)
def stream_name(kind: str, ids: tuple[UUID, ...]) -> str:
    """`context.kind/id`: one id as it is, several as the one derived from them in this order."""
    return f"{kind}/{ids[0] if len(ids) == 1 else derived(kind, *ids)}"


ModuleId = NewType("ModuleId", UUID)


def module_id(context: str) -> ModuleId:
    """The module that the commands and read models of a context belong to."""
    return ModuleId(derived("module", context))


DayId = NewType("DayId", UUID)
"""A day, by the calendar of UTC."""


@lru_cache(maxsize=100)
def day_id(day: date) -> DayId:
    """What names a day, where a stream is of one."""
    return DayId(derived("day", day.isoformat()))


def service(name: str) -> PersonId:
    """The actor that stands for a part of the platform itself: an importer, a policy, a timer."""
    return PersonId(derived("service", name))
