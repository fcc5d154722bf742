"""Joins what was found in the chunks with the checkpoints that cover them: who is wrong, the row or the tile?"""

from collections.abc import Iterable
from typing import NamedTuple

from infra.ledger.audit.chunk import Chunk
from infra.ledger.audit.report import Report
from infra.ledger.compact import CompactTree


class Verdict(NamedTuple):
    """Whether the rows, and whether the tiles, lead to what was signed."""

    size: int
    where: str
    rows: bool
    tiles: bool


class Verdicts:
    """Takes chunks in order, and says at the end what is wrong with the rows."""

    def __init__(self, by_rows: CompactTree, by_tiles: CompactTree) -> None:
        """The trees over the chunks that aren't looked at again."""
        self._by_rows, self._by_tiles = by_rows, by_tiles
        self._verdicts: list[Verdict] = []
        self._differing: list[int] = []

    def add(self, chunk: Chunk) -> None:
        """The next chunk."""
        for mark in chunk.marks:
            rows = self._by_rows.root(mark.by_rows) == mark.root
            tiles = self._by_tiles.root(mark.by_tiles) == mark.root
            self._verdicts.append(Verdict(mark.size, mark.where, rows, tiles))
        self._differing += chunk.differing
        self._by_rows.add(chunk.by_rows)
        self._by_tiles.add(chunk.by_tiles)

    def say(self, report: Report) -> None:
        """Names each row that isn't as it was sealed, each leaf that isn't its row's, each checkpoint of something else."""
        covering = iter(self._verdicts)
        verdict = next(covering, None)
        for position in self._differing:
            while verdict is not None and verdict.size < position:
                verdict = next(covering, None)
            if verdict is not None and verdict.rows:
                report.wrong(f"tile 0/{(position - 1) // 256}: the leaf of position {position} is not that of its row")
            else:
                report.wrong(f"position {position} is not as it was sealed")
        self._unexplained(report)

    def _unexplained(self, report: Report) -> None:
        """Of each source, the first checkpoint that the rows don't lead to: the later ones can't hold either."""
        before: dict[str, int] = {}
        told: set[str] = set()
        for verdict in self._verdicts:
            if verdict.rows or verdict.tiles:
                # Where the tiles still lead to it, the rows that don't were named one by one.
                before[verdict.where] = verdict.size
            elif verdict.where not in told:
                told.add(verdict.where)
                since = before.get(verdict.where, 0) + 1
                report.wrong(f"the checkpoint of {verdict.size} {verdict.where} is not over positions {since} to {verdict.size}")


def trees(count: int, roots: Iterable[bytes]) -> tuple[CompactTree, CompactTree]:
    """Two trees that go on after so many chunks."""
    given = list(roots)
    return CompactTree(given, count), CompactTree(given, count)
