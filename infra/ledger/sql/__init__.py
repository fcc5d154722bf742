"""The ledger's larger statements, one per file."""

import functools
from pathlib import Path

from psycopg import sql

_HERE = Path(__file__).parent


@functools.cache
def statement(name: str) -> sql.SQL:
    """The text of NAME.sql, whose `{schema}` and values are still to be filled in."""
    return sql.SQL((_HERE / f"{name}.sql").read_text())
