"""A plain reading of RFC 6962 section 2.1 to compare with, and tiles cut from a list of leaves."""

from collections.abc import Sequence
from hashlib import sha256

from infra.ledger.tree import Edge, TileAddress


def leaves(count: int, salt: str = "") -> list[bytes]:
    """Distinct leaf hashes."""
    return [sha256(b"\x00" + f"{salt}{number}".encode()).digest() for number in range(count)]


def mth(hashes: Sequence[bytes]) -> bytes:
    """The Merkle tree hash, by its recursive definition."""
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256(b"").digest()
    middle = split(len(hashes))
    return sha256(b"\x01" + mth(hashes[:middle]) + mth(hashes[middle:])).digest()


def path(index: int, hashes: Sequence[bytes]) -> list[bytes]:
    """The audit path, by its recursive definition."""
    if len(hashes) == 1:
        return []
    middle = split(len(hashes))
    if index < middle:
        return [*path(index, hashes[:middle]), mth(hashes[middle:])]
    return [*path(index - middle, hashes[middle:]), mth(hashes[:middle])]


def proof(old: int, hashes: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """The consistency proof, by its recursive definition."""
    if old == len(hashes):
        return [] if whole else [mth(hashes)]
    middle = split(len(hashes))
    if old <= middle:
        return [*proof(old, hashes[:middle], whole=whole), mth(hashes[middle:])]
    return [*proof(old - middle, hashes[middle:], whole=False), mth(hashes[:middle])]


def split(count: int) -> int:
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def grown(hashes: Sequence[bytes], step: int = 100_000) -> tuple[Edge, dict[TileAddress, bytes]]:
    """The edge and all tiles after appending the leaves `step` at a time."""
    edge, tiles = Edge(), {}
    for at in range(0, len(hashes), step):
        edge, changed = edge.extend(hashes[at : at + step])
        tiles.update({TileAddress(tile.level, tile.number): tile.hashes for tile in changed})
    return edge, tiles
