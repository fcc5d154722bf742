"""PostgreSQL's binary form of the arrays that the log is written with.

Packed here because a statement of the pipe takes its parameters as bytes of exactly the declared types; psycopg's dumpers, which
are as fast, choose an array's type by its values. The form is that of array_recv: dimensions, a null flag, the element's type,
length and lower bound, then each element with its length.
"""

from collections.abc import Sequence
from itertools import chain, repeat
from struct import Struct, pack
from uuid import UUID

INT4, INT8, TEXT, BYTEA, UUID_, TIMESTAMPTZ = 23, 20, 25, 17, 2950, 1184
"""Object identifiers of the types, the same in every PostgreSQL."""

EPOCH = 946_684_800_000_000
"""Microseconds from 1970 to 2000, which PostgreSQL counts from."""

_HEADER = Struct(">iiIii").pack
_LENGTH = Struct(">i").pack
_NULL = _LENGTH(-1)
_UUID = _LENGTH(16)
# Lengths of most texts and payloads, so that they needn't be packed each time.
_LENGTHS = tuple(_LENGTH(length) for length in range(4096))


def int8(value: int) -> bytes:
    """One bigint, or one timestamptz in PostgreSQL's microseconds."""
    return value.to_bytes(8, "big", signed=True)


def moment(microseconds: int) -> bytes:
    """One timestamptz, from microseconds since 1970."""
    return (microseconds - EPOCH).to_bytes(8, "big", signed=True)


def uuids(values: Sequence[UUID | None]) -> bytes:
    """uuid[], with nulls."""
    packed = [_NULL if value is None else _UUID + value.bytes for value in values]
    return _HEADER(1, 1, UUID_, len(packed), 1) + b"".join(packed)


def texts(values: Sequence[str]) -> bytes:
    """text[]."""
    return _HEADER(1, 0, TEXT, len(values), 1) + _sized([value.encode() for value in values])


def blobs(values: Sequence[bytes | None]) -> bytes:
    """bytea[], with nulls."""
    if None in values:
        packed = [_NULL if value is None else _LENGTH(len(value)) + value for value in values]
        return _HEADER(1, 1, BYTEA, len(values), 1) + b"".join(packed)
    return _HEADER(1, 0, BYTEA, len(values), 1) + _sized(values)  # type: ignore[arg-type]  # none of them is None


def int8s(values: Sequence[int]) -> bytes:
    """bigint[]."""
    return _HEADER(1, 0, INT8, len(values), 1) + pack(">" + "iq" * len(values), *chain.from_iterable(zip(repeat(8), values)))


def int4s(values: Sequence[int]) -> bytes:
    """integer[]."""
    return _HEADER(1, 0, INT4, len(values), 1) + pack(">" + "ii" * len(values), *chain.from_iterable(zip(repeat(4), values)))


def optional_int8s(values: Sequence[int | None]) -> bytes:
    """bigint[], with nulls."""
    packed = [_NULL if value is None else _LENGTH(8) + int8(value) for value in values]
    return _HEADER(1, 1, INT8, len(packed), 1) + b"".join(packed)


def moments(values: Sequence[int | None]) -> bytes:
    """timestamptz[], with nulls, from microseconds since 1970."""
    packed = [_NULL if value is None else _LENGTH(8) + moment(value) for value in values]
    return _HEADER(1, 1, TIMESTAMPTZ, len(packed), 1) + b"".join(packed)


def _sized(values: Sequence[bytes]) -> bytes:
    known = len(_LENGTHS)
    return b"".join([(_LENGTHS[len(value)] if len(value) < known else _LENGTH(len(value))) + value for value in values])
