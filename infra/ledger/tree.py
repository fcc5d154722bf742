"""A Merkle tree (RFC 6962) kept as tiles of 256 hashes (C2SP tlog-tiles), extended from its right edge alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from infra.ledger.errors import TreeInvalid

HASH = 32
WIDTH = 256
FULL = HASH * WIDTH
EMPTY_ROOT = sha256(b"").digest()


class TileAddress(NamedTuple):
    """Which tile of which level; as a path it also has a width."""

    level: int
    number: int


class Tile(NamedTuple):
    """Consecutive hashes at one level: between 1 and 256 of them."""

    level: int
    number: int
    hashes: bytes

    @property
    def width(self) -> int:
        return len(self.hashes) // HASH


Tiles = Mapping[TileAddress, bytes]
"""Tiles at hand; a wider one than was asked for serves as well, since a tile only ever grows."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right), RFC 6962 section 2.1."""
    return sha256(b"\x01" + left + right).digest()


def perfect_root(hashes: bytes) -> bytes:
    """The root over a power of two of concatenated hashes."""
    while len(hashes) > HASH:
        hashes = b"".join([sha256(b"\x01" + hashes[at : at + 64]).digest() for at in range(0, len(hashes), 64)])
    return hashes


def perfect_parts(count: int) -> list[int]:
    """The powers of two that `count` leaves fall into from left to right, largest first."""
    return [1 << bit for bit in range(count.bit_length() - 1, -1, -1) if count >> bit & 1]


def fold(roots: list[bytes]) -> bytes:
    """The root over the roots of neighbouring perfect subtrees, given from left to right, largest first."""
    root = roots[-1]
    for left in reversed(roots[:-1]):
        root = node_hash(left, root)
    return root


def root_of(leaves: list[bytes]) -> bytes:
    """The root over leaf hashes held in memory."""
    return Edge().extend(leaves)[0].root()


def width_at(address: TileAddress, size: int) -> int:
    """How many hashes this tile has in a tree of this size: 0 to 256."""
    hashes = size >> 8 * address.level
    return max(0, min(WIDTH, hashes - address.number * WIDTH))


@dataclass(frozen=True, slots=True)
class Edge:
    """The partial tiles at the right edge, by level: all that extending a tree and knowing its root takes."""

    size: int = 0
    partial: tuple[bytes, ...] = ()

    @staticmethod
    def addresses(size: int) -> list[TileAddress]:
        """The tiles that hold the edge of a tree of this size; levels without a partial tile have none."""
        levels = range((size.bit_length() + 7) // 8)
        return [TileAddress(level, size >> 8 * (level + 1)) for level in levels if (size >> 8 * level) % WIDTH]

    @classmethod
    def at(cls, size: int, tiles: Tiles) -> "Edge":
        """The edge of a tree of this size. Raises TreeInvalid where a tile is missing or too narrow."""
        partial = [b""] * ((size.bit_length() + 7) // 8)
        for address in cls.addresses(size):
            partial[address.level] = hashes_of(tiles, address, (size >> 8 * address.level) % WIDTH)
        return cls(size, tuple(partial))

    def root(self) -> bytes:
        """The root of the tree; SHA-256 of nothing for an empty one."""
        roots: list[bytes] = []
        for hashes in reversed(self.partial):
            at = 0
            for part in perfect_parts(len(hashes) // HASH):
                roots.append(perfect_root(hashes[at : at + part * HASH]))
                at += part * HASH
        return fold(roots) if roots else EMPTY_ROOT

    def extend(self, leaves: Iterable[bytes]) -> tuple["Edge", list[Tile]]:
        """The edge after these leaf hashes, and every tile that they filled or changed."""
        pending = b"".join(leaves)
        if len(pending) % HASH:
            raise TreeInvalid("a leaf hash is 32 bytes")
        size = self.size + len(pending) // HASH
        tiles: list[Tile] = []
        partial: list[bytes] = []
        level = 0
        while pending or level < len(self.partial):
            before = self.partial[level] if level < len(self.partial) else b""
            hashes = before + pending
            first = (self.size >> 8 * level) // WIDTH
            filled = range(0, len(hashes) - FULL + 1, FULL)
            parents = []
            for nth, at in enumerate(filled):
                tile = hashes[at : at + FULL]
                tiles.append(Tile(level, first + nth, tile))
                parents.append(perfect_root(tile))
            rest = hashes[len(filled) * FULL :]
            if rest and pending:
                tiles.append(Tile(level, first + len(filled), rest))
            partial.append(rest)
            pending = b"".join(parents)
            level += 1
        return Edge(size, tuple(partial)), tiles


def hashes_of(tiles: Tiles, address: TileAddress, width: int) -> bytes:
    """The first `width` hashes of a tile. Raises TreeInvalid, naming it, where it is missing or too narrow."""
    hashes = tiles.get(address)
    if hashes is None:
        raise TreeInvalid(f"tile {address.level}/{address.number} is missing")
    if len(hashes) < width * HASH or len(hashes) > FULL or len(hashes) % HASH:
        raise TreeInvalid(f"tile {address.level}/{address.number} has {len(hashes)} bytes, {width * HASH} are needed")
    return hashes[: width * HASH]
