"""Data keys: one for each person, retention class and month; opened in memory, wrapped wherever they are stored."""

from collections.abc import Collection, Mapping
from typing import Protocol
from uuid import UUID

from application.ports.log import NewKey
from domain.kernel.identifiers import derived


class DataKey(Protocol):
    """An opened key. Seals and opens single values; `about` is bound to the value and must be the same at both."""

    id: UUID

    def seal(self, value: bytes, about: bytes) -> bytes: ...

    def open(self, box: bytes, about: bytes) -> bytes:
        """Raises BoxDamaged where the box, its key or what it is about doesn't match."""
        ...


class BoxDamaged(Exception):
    """A stored value can't be opened with its own key: it was changed, or stands in another place than it was made for."""


class KeyUnusable(Exception):
    """A stored key can't be opened: the key file isn't the right one, or the key was changed or swapped.

    This is a fault and never taken for an erasure.
    """


class Keys(Protocol):
    """The organisation's data keys, with those in use kept open."""

    async def open(self, ids: Collection[UUID]) -> Mapping[UUID, DataKey]:
        """The opened keys, by id, in one query for those not at hand; a destroyed or restricted one is absent.

        Raises KeyUnusable.
        """
        ...

    def at_hand(self, key: UUID) -> DataKey | None:
        """An opened key, if it is in memory."""
        ...

    def create(self, key: UUID, owner: UUID) -> tuple[NewKey, DataKey, str]:
        """A new key: as it is stored, opened, and its commitment, which its first event records.

        It isn't at hand before `open` has found it stored: the append may still be refused.
        """
        ...

    def forget(self, key: UUID) -> None:
        """Drops a key from memory, because it was destroyed or restricted."""
        ...

    async def of(self, owner: UUID) -> list[UUID]:
        """The keys of a person or container that are stored: those not destroyed, restricted ones too."""
        ...


class Pseudonyms(Protocol):
    """Identifiers of what is unique by a natural key that tells about a person (an e-mail address, a staff number)."""

    def __call__(self, kind: str, natural_key: str) -> UUID:
        """The one identifier for this natural key in this organisation; the caller has normalised the key.

        It goes through an HMAC under a key that is kept outside the database, so that nobody who has only the
        database can try addresses until one fits.
        """
        ...


def key_id(owner: UUID, retention: str, month: str, generation: int = 0) -> UUID:
    """The key of a person (or container), a retention class and a month (`2026-11`); a later generation follows a
    destroyed one."""
    return derived("key", owner, retention, month, str(generation))
