"""Inclusion and consistency proofs (RFC 6962 section 2.1), made from tiles and verified from nothing but themselves.

Making one is planned first, as ranges of leaves, so that the tiles it takes can be fetched together.
"""

from collections.abc import Iterable

from infra.ledger.errors import ProofInvalid
from infra.ledger.tree import HASH, WIDTH, TileAddress, Tiles, fold, hashes_of, node_hash, perfect_parts, perfect_root

Range = tuple[int, int]
"""Leaves from the first up to, and without, the second."""

MOST_HASHES = 63
"""A consistency proof of any tree that a witness accepts has at most so many."""


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The subtrees whose roots prove the leaf `index` of `size`, from the leaf's sibling up."""
    if not 0 <= index < size:
        raise ProofInvalid(f"a tree of {size} has no leaf {index}")
    ranges, low, high = [], 0, size
    while high - low > 1:
        middle = low + _left_part(high - low)
        if index < middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The subtrees whose roots prove that the tree of `new` leaves starts with that of `old`."""
    if not 0 < old <= new:
        raise ProofInvalid(f"no proof leads from a tree of {old} to one of {new}")
    ranges, low, high = [], 0, new
    while old != high:
        middle = low + _left_part(high - low)
        if old <= middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    if low:
        ranges.append((low, high))
    return ranges[::-1]


def tiles_needed(ranges: Iterable[Range]) -> set[TileAddress]:
    """Which tiles hold the roots of these ranges."""
    return {address for leaves in ranges for address, _, _ in _pieces(leaves)}


def roots_of(ranges: Iterable[Range], tiles: Tiles) -> list[bytes]:
    """The root of each range. Raises TreeInvalid where a tile is missing or too narrow."""
    return [root_over(leaves, tiles) for leaves in ranges]


def root_over(leaves: Range, tiles: Tiles) -> bytes:
    """The root over one range of leaves, which must be one that a proof or a whole tree (0, size) consists of."""
    return fold(perfect_roots(leaves, tiles))


def perfect_roots(leaves: Range, tiles: Tiles) -> list[bytes]:
    """The roots of the perfect subtrees that such a range falls into, from left to right."""
    roots = []
    for address, start, count in _pieces(leaves):
        hashes = hashes_of(tiles, address, start + count)
        roots.append(perfect_root(hashes[start * HASH :]))
    return roots


def _pieces(leaves: Range) -> Iterable[tuple[TileAddress, int, int]]:
    """The perfect subtrees of a range as (tile, first hash in it, number of hashes)."""
    low, high = leaves
    for part in perfect_parts(high - low):
        level, height = divmod(part.bit_length() - 1, 8)
        index, start = divmod(low >> 8 * level, WIDTH)
        yield TileAddress(level, index), start, 1 << height
        low += part


def _left_part(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << (count - 1).bit_length() - 1


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: list[bytes]) -> bytes:
    """The root that an inclusion proof leads to. Raises ProofInvalid where its shape is wrong."""
    if not 0 <= index < size:
        raise ProofInvalid(f"a tree of {size} has no leaf {index}")
    _all_hashes([leaf, *proof])
    inner = (index ^ (size - 1)).bit_length()
    if len(proof) != inner + (index >> inner).bit_count():
        raise ProofInvalid(f"{len(proof)} hashes don't prove leaf {index} of {size}")
    return _chain(leaf, index, proof, inner)


def verify_inclusion(index: int, size: int, leaf: bytes, proof: list[bytes], root: bytes) -> None:
    """Raises ProofInvalid unless the leaf is the one at `index` in the tree of this size and root."""
    _all_hashes([root])
    if root_from_inclusion(index, size, leaf, proof) != root:
        raise ProofInvalid(f"leaf {index} of {size} leads to another root")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: list[bytes]) -> None:
    """Raises ProofInvalid unless the new tree starts with the old one. From an empty tree nothing can be proved."""
    if not 0 < old <= new:
        raise ProofInvalid(f"no proof leads from a tree of {old} to one of {new}")
    _all_hashes([old_root, new_root, *proof])
    if old == new:
        if proof or old_root != new_root:
            raise ProofInvalid(f"two roots for one tree of {old}" if old_root != new_root else "a proof that proves nothing")
        return
    # A perfect old tree is itself the node that the proof starts from, and is left out of it.
    whole = old & (old - 1) == 0
    path = [old_root, *proof] if whole else proof
    skipped = (old & -old).bit_length() - 1
    inner = ((old - 1) ^ (new - 1)).bit_length() - skipped
    index = (old - 1) >> skipped
    if len(path) != 1 + inner + (index >> inner).bit_count():
        raise ProofInvalid(f"{len(proof)} hashes don't lead from {old} to {new}")
    start, rest = path[0], path[1:]
    lefts = [sibling for level, sibling in enumerate(rest) if level >= inner or index >> level & 1]
    before = start
    for left in lefts:
        before = node_hash(left, before)
    if before != old_root:
        raise ProofInvalid(f"the proof leads to another root for the tree of {old}")
    if _chain(start, index, rest, inner) != new_root:
        raise ProofInvalid(f"the proof leads to another root for the tree of {new}")


def _chain(start: bytes, index: int, proof: list[bytes], inner: int) -> bytes:
    """Up along `index` for `inner` levels; above that every sibling is to the left."""
    node = start
    for level, sibling in enumerate(proof):
        left = level >= inner or index >> level & 1
        node = node_hash(sibling, node) if left else node_hash(node, sibling)
    return node


def _all_hashes(values: list[bytes]) -> None:
    # Without this an empty "hash" passes as leaf and as root of a tree of one.
    if any(len(value) != HASH for value in values):
        raise ProofInvalid("every hash is 32 bytes")
