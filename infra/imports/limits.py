"""How much an import may be, so that a hostile one costs neither memory nor disk.

Nothing is unpacked to disk but the one file of JSON Lines in an archive of Mattermost's, which has no name and is bounded as
everything is.
"""

import msgspec

MIB = 1 << 20


class Limits(msgspec.Struct, frozen=True):
    """Limits of what is read; sizes in bytes, unpacked."""

    files: int = 1_000_000
    total: int = 64 << 30
    file: int = 4 << 30
    element: int = 2 * MIB
    """One user, channel or message. What is read of a file at a time is a small multiple of this."""
    directory: int = 512 * MIB
    """A list of users or channels: unlike messages, what is needed of it stays in memory."""
    ratio: int = 250
    """Unpacked to packed size. Chat in JSON is packed about 10 to 1; what deflate can do at most is 1032 to 1."""
    ratio_from: int = 16 * MIB
    """Smaller files may be packed to any ratio: they can't do harm."""


LIMITS = Limits()
