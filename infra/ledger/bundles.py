"""Entry bundles (C2SP tlog-tiles): up to 256 entries, each after its length as a big-endian u16."""

from collections.abc import Iterable
from struct import Struct, error

from infra.ledger.errors import EntryInvalid
from infra.ledger.tree import WIDTH

_LENGTH = Struct(">H")


def bundle(entries: Iterable[bytes]) -> bytes:
    """Raises EntryInvalid for an entry over 65,535 bytes."""
    try:
        return b"".join([_LENGTH.pack(len(entry)) + entry for entry in entries])
    except error:
        raise EntryInvalid("an entry is at most 65,535 bytes") from None


def unbundle(raw: bytes) -> list[bytes]:
    """The entries of a bundle. Raises EntryInvalid where it ends inside one or holds more than 256."""
    entries: list[bytes] = []
    at = 0
    while at < len(raw):
        end = at + 2 + (_LENGTH.unpack_from(raw, at)[0] if at + 2 <= len(raw) else len(raw))
        if end > len(raw):
            raise EntryInvalid(f"the bundle ends inside its entry {len(entries)}")
        entries.append(raw[at + 2 : end])
        at = end
    if len(entries) > WIDTH:
        raise EntryInvalid(f"a bundle holds at most {WIDTH} entries")
    return entries
