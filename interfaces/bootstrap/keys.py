"""The key file and the epochs of data keys, for the operator."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from infra.crypto.key_file import KeyFileUnusable, read, write
from infra.crypto.wrapping import Wrapping
from infra.postgres.access import connect_as_owner
from infra.postgres.migrations import OrganisationSchema, organisations
from infra.postgres.rewrap import by_epoch, rewrap
from interfaces.bootstrap.database import database
from interfaces.settings import Settings


class Epochs(NamedTuple):
    """The epochs of the key file, the current one, and how many data keys of each organisation are wrapped in which."""

    held: tuple[int, ...]
    current: int
    stored: Mapping[str, Mapping[int, int]]


def epochs(settings: Settings) -> Epochs:
    """Raises EXPECTED."""
    ring = read(settings.keys)
    with database(settings) as access, connect_as_owner(access.owner) as owner:
        stored = {one.name: by_epoch(owner, OrganisationSchema(one.name)) for one in organisations(owner)}
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
        for one in organisations(owner):
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
