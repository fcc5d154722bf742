"""What every record of an import has, where it came from, and what could not be taken.

A `Key` is the source's own name of a thing, unique among its kind within the source. It becomes part of identifiers,
so it holds nothing that tells about a person (no e-mail address, no name). `at` is microseconds since 1970, UTC.
"""

import msgspec

Key = str
Micros = int


class Source(msgspec.Struct, frozen=True):
    """Where a history comes from: the kind of system, and which one of them. Both are part of every derived id.

    `telling`: its keys were made of what tells about people (user names), so ids are pseudonyms, which nobody who has only the
    database finds out by trying names.
    """

    system: str
    workspace: Key
    telling: bool = False


class Place(msgspec.Struct, frozen=True):
    """Where in the source something stands: file, line (from 1) and number of the element in the file (from 1)."""

    file: str
    line: int = 0
    element: int = 0

    def __str__(self) -> str:
        return ":".join([self.file, *([str(self.line)] if self.line else [])])


NOWHERE = Place("")


class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that was so, or happened, at a time."""

    at: Micros
    place: Place = NOWHERE


class NotTaken(Record, frozen=True, kw_only=True):
    """Something in the source that can't be taken, or not as it was.

    `lost` says whether content is missing here, `broken` that a file can't be read from here on.
    """

    reason: str
    lost: bool = True
    broken: bool = False
    key: Key | None = None
