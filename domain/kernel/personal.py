"""Marks for personal values: whose they are decides under which key they are stored, and what erases them."""

from typing import Annotated, TypeVar
from uuid import UUID

import msgspec

T = TypeVar("T")


class Erased(msgspec.Struct, frozen=True, tag="erased", tag_field="is"):
    """Stands where a personal value was whose key is destroyed or may not be used."""


class Sealed(msgspec.Struct, frozen=True, tag="sealed", tag_field="is"):
    """A personal value as it is stored: the id of its key, and nonce, ciphertext and tag, as JSON in base64."""

    key: UUID
    box: bytes


class Personal(msgspec.Struct, frozen=True):
    """Marks a value as a person's; `of` names the field of the same event that says whose it is."""

    of: str


class Contained(msgspec.Struct, frozen=True):
    """Marks a text of a business record; `of` names the field of the same event that says which record's."""

    of: str


Authored = Annotated[T | Erased, Personal("author")]
"""Free text: it belongs to whoever wrote it."""
OfPerson = Annotated[T | Erased, Personal("person")]
"""Any other personal value: it belongs to the person whom it describes."""


def readable(value: T | Erased) -> T | None:
    """The value, or None where it was erased: what a read model shows."""
    return None if isinstance(value, Erased) else value
