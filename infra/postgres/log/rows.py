"""Rows of the log as they come from the database: binary, and made without a Python call per value."""

from collections.abc import Collection, Iterable
from functools import partial

from psycopg import pq
from psycopg.adapt import Transformer

from application.ports.log import Row
from infra.postgres.log.pipe import Pipe

make_row = partial(tuple.__new__, Row)
"""A Row of a tuple of values."""


def rows_of(pipe: Pipe, result: pq.abc.PGresult) -> list[Row]:
    """The rows of a result whose columns are the log's."""
    transformer = Transformer(pipe.connection)
    transformer.set_pgresult(result, format=pq.Format.BINARY)
    return transformer.load_rows(0, result.ntuples, make_row)


def by_stream(names: Collection[str], rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows in the order of their streams, sorted into lists; an absent stream has an empty one."""
    found: dict[str, list[Row]] = {name: [] for name in names}
    for row in rows:
        found[row.stream].append(row)
    return found
