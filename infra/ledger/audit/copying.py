"""COPY (FORMAT binary) read row by row without an object for each: an audit of a long log spends its time elsewhere then."""

from collections.abc import Iterator

import psycopg
from psycopg import pq
from psycopg.errors import error_from_result

_SIGNATURE = b"PGCOPY\n\xff\r\n\x00"
_HEADER = 19
_TRAILER = b"\xff\xff"


def copied(connection: psycopg.Connection, query: bytes) -> Iterator[bytes]:
    """The rows of a COPY … TO STDOUT, each from its count of fields on. The connection is blocked until the last is read."""
    libpq = connection.pgconn
    result = libpq.exec_(query)
    if result.status != pq.ExecStatus.COPY_OUT:
        raise error_from_result(result)
    next_block = libpq.get_copy_data
    size, block = next_block(0)
    while size >= 0:
        row = bytes(block)
        if row.startswith(_SIGNATURE):
            row = row[_HEADER:]
        if len(row) > len(_TRAILER):
            yield row
        size, block = next_block(0)
    while (ended := libpq.get_result()) is not None:
        if ended.status != pq.ExecStatus.COMMAND_OK:
            raise error_from_result(ended)
