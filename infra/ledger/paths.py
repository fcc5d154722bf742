"""Paths of tiles and entry bundles (C2SP tlog-tiles): tile 1234067 is written x001/x234/067."""

import re
from typing import NamedTuple

from infra.ledger.errors import TreeInvalid
from infra.ledger.tree import WIDTH

ENTRIES = -1
"""The level of an entry bundle, which lies beside the tiles of level 0."""

_PATH = re.compile(r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


class Resource(NamedTuple):
    """A tile (level 0 to 63) or an entry bundle (level ENTRIES) of 1 to 256 hashes or entries."""

    level: int
    number: int
    width: int = WIDTH


def number_path(number: int) -> str:
    """Three digits an element, all but the last marked by an x, so that no file has a folder's name."""
    last = f"{number % 1000:03}"
    while number := number // 1000:
        last = f"x{number % 1000:03}/{last}"
    return last


def path_of(resource: Resource) -> str:
    """Relative to the log's prefix, without a leading slash."""
    level = "entries" if resource.level == ENTRIES else resource.level
    partial = "" if resource.width == WIDTH else f".p/{resource.width}"
    return f"tile/{level}/{number_path(resource.number)}{partial}"


def resource_of(path: str) -> Resource:
    """The inverse of path_of. Raises TreeInvalid for any other spelling, so that a resource has one address."""
    if (found := _PATH.fullmatch(path)) is None:
        raise TreeInvalid(f"not the path of a tile: {path[:100]!r}")
    level, number, width = found.groups()
    resource = Resource(
        ENTRIES if level == "entries" else int(level),
        int(re.sub("[x/]", "", number)),
        WIDTH if width is None else int(width),
    )
    if path_of(resource) != path:
        raise TreeInvalid(f"not the path of a tile: {path[:100]!r}")
    return resource
