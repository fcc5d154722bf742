"""A file with a table of people, by what is in it rather than by its name."""

import hashlib
from pathlib import Path

from application.imports.errors import NotAnExport, TooLarge
from application.imports.people.table import Table
from infra.imports.limits import MIB
from infra.imports.people.delimited import Delimited
from infra.imports.people.workbook import Workbook

LARGEST = 256 * MIB
ZIP = b"PK\x03\x04"


def open_table(path: Path, sheet: str | None = None) -> Table:
    """A CSV file or a workbook (XLSX). Raises ImportRefused."""
    if not path.is_file():
        raise NotAnExport(str(path), "there is no such file")
    if (size := path.stat().st_size) > LARGEST:
        raise TooLarge(str(path), f"{size:,} bytes, more than {LARGEST:,}")
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").digest()
    return Workbook(path, digest, sheet) if start == ZIP else Delimited(path, digest)
