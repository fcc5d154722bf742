"""A table in a workbook (XLSX, ECMA-376): its first sheet, or one by name, read row by row and never unpacked to disk."""

import datetime as dt
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from openpyxl import load_workbook

from application.imports.errors import NotReadable
from infra.imports.archive import Zipped
from infra.imports.limits import MIB, Limits

WIDEST = 200
LIMITS = Limits(files=10_000, total=1_024 * MIB, file=512 * MIB, ratio=100, ratio_from=32 * MIB)
"""Sheets of 200,000 people unpack to about 100 MiB; what unpacks a hundredfold beyond that is no table."""


class Workbook:
    """Fulfils application.imports.people.table.Table. What a formula came to is read, as it was when the file was saved."""

    def __init__(self, path: Path, digest: bytes, sheet: str | None = None) -> None:
        """Raises TooLarge, DamagedArchive, UnsafeName, NotReadable."""
        self.name, self.digest = path.name, digest
        self._path, self._sheet = path, sheet
        Zipped(path, LIMITS).close()

    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Raises NotReadable."""
        try:
            with warnings.catch_warnings(action="ignore"):
                book = load_workbook(self._path, read_only=True, data_only=True, keep_links=False)
        except (KeyError, ValueError, BadZipFile, ParseError, OSError) as error:
            raise NotReadable(self.name, f"it isn't a workbook that can be read ({type(error).__name__})") from None
        try:
            if self._sheet is not None and self._sheet not in book.sheetnames:
                raise NotReadable(self.name, f"there is no sheet {self._sheet}; there is {', '.join(book.sheetnames)[:200]}")
            sheet: Any = book[self._sheet] if self._sheet is not None else book.worksheets[0]
            sheet.reset_dimensions()
            for row, values in enumerate(sheet.iter_rows(values_only=True), 1):
                cells = [_text(value) for value in values[:WIDEST]]
                if any(cells):
                    yield row, cells
        except (KeyError, ValueError, BadZipFile, ParseError, OSError) as error:
            raise NotReadable(self.name, f"the sheet can't be read to its end ({type(error).__name__})") from None
        finally:
            book.close()


def _text(value: object) -> str:
    """A cell as it would be typed: whole numbers without a point, days and times as ISO 8601."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case _:
            return str(value)
