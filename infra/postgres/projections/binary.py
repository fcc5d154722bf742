"""Columns of values in PostgreSQL's binary form, a whole batch at a time: as arrays for `unnest`, and as rows for COPY.

A field is its length and its bytes, the same in both (array_recv, and the manual's "Binary Format" of COPY). Packed here because
psycopg looks at each value's type, which costs more than the rest.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain, repeat
from struct import Struct
from typing import Any

from psycopg.types.numeric import DecimalBinaryDumper

KNOWN_WORDS = 20_000
"""At about 200 bytes each."""

Fields = list[bytes]
Encode = Callable[[Sequence[Any]], Fields]

_LENGTH = Struct(">i").pack
_NULL = _LENGTH(-1)
_LENGTHS = tuple(_LENGTH(length) for length in range(2048))
_UUID = _LENGTH(16)
_TRUE, _FALSE = _LENGTH(1) + b"\x01", _LENGTH(1) + b"\x00"
_INT4, _INT8, _FLOAT8 = Struct(">ii").pack, Struct(">iq").pack, Struct(">id").pack
_HEADER = Struct(">iiIii").pack
_EPOCH, _DAY_ONE = datetime(2000, 1, 1, tzinfo=UTC), date(2000, 1, 1)
_MICROSECOND = timedelta(microseconds=1)
_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_NUMERIC = DecimalBinaryDumper(int)
_TEXT = 25


class _Words(dict[str, bytes]):
    """Words as fields. Most are those of earlier texts, and a look for them takes a third of making them."""

    def __missing__(self, word: str) -> bytes:
        if len(self) >= KNOWN_WORDS:
            self.clear()
        text = word.encode()
        self[word] = field = _LENGTH(len(text)) + text
        return field


_FIELDS = _Words()


def _uuids(values: Sequence[Any]) -> Fields:
    return [_NULL if value is None else _UUID + value.int.to_bytes(16, "big") for value in values]


def _texts(values: Sequence[Any]) -> Fields:
    return _sized([None if value is None else value.encode() for value in values])


def _text_arrays(values: Sequence[Any]) -> Fields:
    return _sized(
        [
            None if words is None else _HEADER(1, 0, _TEXT, len(words), 1) + b"".join(map(_FIELDS.__getitem__, words))
            for words in values
        ]
    )


def _booleans(values: Sequence[Any]) -> Fields:
    return [_NULL if value is None else _TRUE if value else _FALSE for value in values]


def _int4s(values: Sequence[Any]) -> Fields:
    return [_NULL if value is None else _INT4(4, value) for value in values]


def _int8s(values: Sequence[Any]) -> Fields:
    return [_NULL if value is None else _INT8(8, value) for value in values]


def _floats(values: Sequence[Any]) -> Fields:
    return [_NULL if value is None else _FLOAT8(8, value) for value in values]


def _moments(values: Sequence[Any]) -> Fields:
    return [_NULL if value is None else _INT8(8, (value - _EPOCH) // _MICROSECOND) for value in values]


def _dates(values: Sequence[Any]) -> Fields:
    return [_NULL if value is None else _INT4(4, (value - _DAY_ONE).days) for value in values]


def _numerics(values: Sequence[Any]) -> Fields:
    return _sized([None if value is None else bytes(_NUMERIC.dump(value) or b"") for value in values])


def _sized(values: Sequence[bytes | None]) -> Fields:
    known = len(_LENGTHS)
    return [
        _NULL if value is None else (_LENGTHS[len(value)] if len(value) < known else _LENGTH(len(value))) + value
        for value in values
    ]


_TYPES: Mapping[str, tuple[int, Encode]] = {
    "uuid": (2950, _uuids),
    "text": (_TEXT, _texts),
    "boolean": (16, _booleans),
    "integer": (23, _int4s),
    "bigint": (20, _int8s),
    "double precision": (701, _floats),
    "timestamptz": (1184, _moments),
    "date": (1082, _dates),
    "numeric": (1700, _numerics),
    "text[]": (1009, _text_arrays),
}
"""By a type's name its object identifier, the same in every PostgreSQL, and how its values are written."""


def array(kind: str, values: Sequence[Any]) -> bytes:
    """The values as one array."""
    oid, encode = _TYPES[kind]
    return _HEADER(1, 1, oid, len(values), 1) + b"".join(encode(values))


def copied(columns: Sequence[tuple[str, Sequence[Any]]]) -> bytes:
    """Rows, of which each column is given with its type, as all that COPY is to be sent."""
    fields = [_TYPES[kind][1](column) for kind, column in columns]
    counts = repeat(len(fields).to_bytes(2, "big"))
    return b"".join((_SIGNATURE, *chain.from_iterable(zip(counts, *fields, strict=False)), _END))
