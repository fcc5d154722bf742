"""A table in a text file: values between commas, semicolons, tabs or bars, in quotes where needed (RFC 4180)."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from application.imports.errors import NotReadable
from infra.imports.people.encodings import encoding_of

DELIMITERS = ",;\t|"
LONGEST = 65_536
"""Characters of one value."""


class Delimited:
    """Fulfils application.imports.people.table.Table. A row may go over several lines of the file."""

    def __init__(self, path: Path, digest: bytes) -> None:
        """Raises WrongEncoding."""
        self.name, self.digest = path.name, digest
        self._path, self._encoding = path, encoding_of(path)

    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Raises NotReadable where the quotes don't match, or a value is too long."""
        with self._path.open(encoding=self._encoding, newline="") as file:
            delimiter = _delimiter(file.readline())
            file.seek(0)
            before = csv.field_size_limit(LONGEST)
            row = 0
            try:
                for row, cells in enumerate(csv.reader(file, delimiter=delimiter, strict=True), 1):
                    if any(cells):
                        yield row, cells
            except (csv.Error, UnicodeDecodeError) as error:
                raise NotReadable(self.name, f"row {row + 1}: {error}") from None
            finally:
                csv.field_size_limit(before)


def _delimiter(header: str) -> str:
    """The one that parts the header most."""
    return max(DELIMITERS, key=header.count)
