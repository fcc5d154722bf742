"""What is wrong with a table of people, by row and column. Anything that is wrong refuses all of it."""

from collections import Counter
from typing import Literal, NamedTuple

from application.imports.errors import ImportRefused

MOST = 250_000
"""Faults that are kept one by one; more are only counted."""

Kind = Literal[
    "nothing there", "malformed", "too long", "twice", "unknown", "ambiguous", "contradictory", "circular", "too deep", "closed",
    "gone", "too many rows",
]  # fmt: skip


class Fault(NamedTuple):
    """What is wrong in one place: the row as the file counts them (from 1), the column's header, and of what kind it is."""

    row: int
    column: str
    problem: str
    kind: Kind

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.problem}"


class Faults:
    """The faults of one table, in the order in which they were found, and how many there are of each kind in each column."""

    def __init__(self) -> None:
        self.listed: list[Fault] = []
        self.count = 0
        self.kinds: Counter[tuple[str, Kind]] = Counter()
        self.rows: set[int] = set()

    def add(self, row: int, column: str, kind: Kind, problem: str) -> None:
        """Notes one."""
        self.count += 1
        self.kinds[column, kind] += 1
        self.rows.add(row)
        if len(self.listed) < MOST:
            self.listed.append(Fault(row, column, problem, kind))

    def by_row(self) -> list[Fault]:
        """Those that were kept, as one goes through the file."""
        return sorted(self.listed, key=lambda fault: fault.row)


class Faulty(ImportRefused):
    """The table can't be taken; `faults` says why, place by place."""

    def __init__(self, file: str, faults: Faults) -> None:
        faults_ = "1 fault" if faults.count == 1 else f"{faults.count:,} faults"
        rows = "1 row" if len(faults.rows) == 1 else f"{len(faults.rows):,} rows"
        super().__init__(file, f"{faults_} in {rows}")
        self.faults = faults
