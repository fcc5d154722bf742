"""The least that is needed to go on with a tree: the roots of the perfect subtrees that its leaves fall into."""

from collections.abc import Iterable, Sequence

from infra.ledger.tree import EMPTY_ROOT, fold, node_hash


class CompactTree:
    """Grows one node at a time; all nodes are roots over the same power of two of leaves."""

    def __init__(self, roots: Sequence[bytes] = (), count: int = 0) -> None:
        """`roots` of what is there, largest first, as many as `count` has ones in binary."""
        if len(roots) != count.bit_count():
            raise ValueError(f"{len(roots)} roots for {count} nodes")
        self._roots, self._count = list(roots), count

    @property
    def roots(self) -> tuple[bytes, ...]:
        """From left to right, largest first."""
        return tuple(self._roots)

    def add(self, node: bytes) -> None:
        """Puts the next node to the right."""
        carry = self._count
        while carry & 1:
            node = node_hash(self._roots.pop(), node)
            carry >>= 1
        self._roots.append(node)
        self._count += 1

    def extend(self, nodes: Iterable[bytes]) -> None:
        """Puts these to the right."""
        for node in nodes:
            self.add(node)

    def root(self, right: Sequence[bytes] = ()) -> bytes:
        """The root over all of it, and over further perfect subtrees to the right of it, largest first."""
        roots = [*self._roots, *right]
        return fold(roots) if roots else EMPTY_ROOT
