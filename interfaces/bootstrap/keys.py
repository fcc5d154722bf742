"""The key file and the epochs of data keys, for the operator."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import psycopg

from infra.crypto.key_file import KeyFileUnusable, KeyRing, read, read_or_create, write
from infra.crypto.wrapping import Wrapping
from infra.postgres.access import Access, connect_as_owner
from infra.postgres.errors import DatabaseNotPrepared
from infra.postgres.migrations import Organisation, OrganisationSchema, organisations
from infra.postgres.rewrap import by_epoch, rewrap
from interfaces.bootstrap.database import database
from interfaces.settings import Settings


def key_ring(settings: Settings, access: Access) -> KeyRing:
    """The keys of the key file. Raises KeyFileUnusable.

    For the embedded database it is made where there is none, unless data keys are stored that another file has wrapped. With a
    database that several machines may share, each would make a file of its own: there `create_key_file` is asked for.
    """
    if not settings.keys.exists() and settings.database_url is None and not _wrapped_already(access):
        return read_or_create(settings.keys)
    return read(settings.keys)


def create_key_file(settings: Settings) -> None:
    """Makes the key file, where there is none and no data key was wrapped with another. Raises EXPECTED."""
    if settings.keys.exists():
        raise KeyFileUnusable(f"{settings.keys} is there already, and nothing was changed.")
    with database(settings) as access:
        if names := _wrapped_already(access):
            raise KeyFileUnusable(
                f"The data keys of {', '.join(names)} were wrapped with another key file, and a new one can't open them. "
                f"Restore that one as {settings.keys}."
            )
    read_or_create(settings.keys)


def _wrapped_already(access: Access) -> list[str]:
    """The organisations that have data keys."""
    with connect_as_owner(access.owner) as owner:
        return [one.name for one in _organisations(owner) if by_epoch(owner, OrganisationSchema(one.name))]


class Epochs(NamedTuple):
    """The epochs of the key file, the current one, and how many data keys of each organisation are wrapped in which."""

    held: tuple[int, ...]
    current: int
    stored: Mapping[str, Mapping[int, int]]


def epochs(settings: Settings) -> Epochs:
    """Raises EXPECTED."""
    ring = read(settings.keys)
    with database(settings) as access, connect_as_owner(access.owner) as owner:
        stored = {one.name: by_epoch(owner, OrganisationSchema(one.name)) for one in _organisations(owner)}
    return Epochs(tuple(sorted(ring.epochs)), ring.current, stored)


def begin_epoch(settings: Settings) -> int:
    """Adds an epoch to the key file and makes it the current one. Raises EXPECTED."""
    ring = read(settings.keys).advanced()
    write(settings.keys, ring)
    return ring.current


def wrap_anew(settings: Settings, progress: Callable[[str, int], None]) -> Mapping[str, int]:
    """Wraps every stored key in the current epoch; answers how many were moved, by organisation. Raises EXPECTED."""
    ring = read(settings.keys)
    moved: dict[str, int] = {}
    with database(settings) as access, connect_as_owner(access.owner) as owner:
        for one in _organisations(owner):
            wrapping = Wrapping(ring, one.id)
            moved[one.name] = rewrap(owner, OrganisationSchema(one.name), wrapping, progress=partial(progress, one.name))
    return moved


def end_epoch(settings: Settings, epoch: int) -> None:
    """Removes an epoch from the key file, once no stored key needs it. Raises EXPECTED, KeyFileUnusable where it is needed."""
    held, current, stored = epochs(settings)
    if epoch not in held or epoch == current:
        raise KeyFileUnusable(f"Epoch {epoch} can't go: the key file holds {', '.join(map(str, held))}, and {current} is in use.")
    needed = {name: counts[epoch] for name, counts in stored.items() if counts.get(epoch)}
    if needed:
        told = ", ".join(f"{count} of {name}" for name, count in needed.items())
        raise KeyFileUnusable(f"Epoch {epoch} can't go: it still wraps data keys ({told}). Run `onrecord keys rewrap` first.")
    write(settings.keys, read(settings.keys).without(epoch))


def _organisations(owner: psycopg.Connection) -> Sequence[Organisation]:
    """Raises DatabaseNotPrepared."""
    try:
        return organisations(owner)
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        raise DatabaseNotPrepared("The database isn't prepared. Run `onrecord migrate` as its owner.") from None
