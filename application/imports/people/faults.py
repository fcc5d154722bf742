"""What is wrong with a table of people, by row and column. Anything that is wrong refuses all of it."""

from typing import NamedTuple

from application.imports.errors import ImportRefused

MOST = 1_000
"""Faults that are listed; the rest is only counted."""


class Fault(NamedTuple):
    """What is wrong in one place: the row as the file counts them (from 1), and the column's header."""

    row: int
    column: str
    problem: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.problem}"


class Faults:
    """The faults of one table, in the order in which they were found."""

    def __init__(self) -> None:
        self.listed: list[Fault] = []
        self.count = 0

    def add(self, row: int, column: str, problem: str) -> None:
        """Notes one."""
        self.count += 1
        if len(self.listed) < MOST:
            self.listed.append(Fault(row, column, problem))


class Faulty(ImportRefused):
    """The table can't be taken; `faults` says why, place by place."""

    def __init__(self, file: str, faults: Faults) -> None:
        super().__init__(file, f"{faults.count:,} faults")
        self.faults = faults
