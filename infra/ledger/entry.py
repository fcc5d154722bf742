"""The bytes of one row of the log that a leaf of the tree is made of.

Layout (docs/reference/ledger-format.md, "Entry"): `or1`, then fifteen fields, each a big-endian u32 length and its bytes;
NULL has the length 0xFFFFFFFF. Integers are eight bytes, big-endian, two's complement; times are microseconds since 1970.
PostgreSQL writes a row of `COPY … (FORMAT binary)` the same way, so a row read by entry_columns.sql needs no work per field.
"""

import re
from hashlib import sha256
from struct import Struct
from typing import NamedTuple

from infra.ledger.errors import EntryInvalid

PREFIX = b"or1"
LONGEST = 65_535
"""An entry bundle gives each entry a u16 length."""

_ABSENT = b"\xff\xff\xff\xff"
_ID = b"\x00\x00\x00\x24"
_HEAD = Struct(">3sIqIqIqIqI36sI")
_MIDDLE = Struct(">IqI")
_HASHES = Struct(">I32sI32s")
_ID_FORM = re.compile(b"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Entry(NamedTuple):
    """What one row claims; ids are the 36 lower-case characters of a UUID, hashes 32 bytes."""

    format: int
    position: int
    recorded_at: int
    effective_at: int
    event_id: str
    stream: str
    stream_version: int
    type: str
    actor: str | None
    on_behalf_of: str | None
    command_id: str | None
    correlation_id: str | None
    causation_id: str | None
    context_hash: bytes
    payload_hash: bytes


def content_hash(salt: bytes, content: bytes) -> bytes:
    """SHA-256(salt ‖ content): tells nothing about short content to whoever lacks the salt."""
    return sha256(salt + content).digest()


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry), RFC 6962 section 2.1."""
    return sha256(b"\x00" + entry).digest()


def encode(entry: Entry) -> bytes:
    """The bytes that are hashed into the leaf. Raises EntryInvalid where a field doesn't fit."""
    (version, position, recorded_at, effective_at, event_id, stream, stream_version, kind, actor,
     on_behalf_of, command_id, correlation_id, causation_id, context_hash, payload_hash) = entry  # fmt: skip
    identifiers = [
        _ABSENT if identifier is None else _ID + identifier.encode("ascii")
        for identifier in (actor, on_behalf_of, command_id, correlation_id, causation_id)
    ]
    if len(event_id) != 36 or any(part is not _ABSENT and len(part) != 40 for part in identifiers):
        raise EntryInvalid("an id is 36 characters")
    if len(context_hash) != 32 or len(payload_hash) != 32:
        raise EntryInvalid("a content hash is 32 bytes")
    path, wire = stream.encode(), kind.encode()
    encoded = b"".join((
        _HEAD.pack(PREFIX, 8, version, 8, position, 8, recorded_at, 8, effective_at, 36, event_id.encode("ascii"), len(path)),
        path,
        _MIDDLE.pack(8, stream_version, len(wire)),
        wire,
        *identifiers,
        _HASHES.pack(32, context_hash, 32, payload_hash),
    ))  # fmt: skip
    if len(encoded) > LONGEST:
        raise EntryInvalid(f"an entry is at most {LONGEST} bytes, this one is {len(encoded)}")
    return encoded


def decode(encoded: bytes) -> Entry:
    """The fields of an entry. Raises EntryInvalid, naming the field, unless encode would give the same bytes back."""
    raw = dict(zip(Entry._fields, _split(encoded), strict=True))
    return Entry(
        format=_integer("format", raw),
        position=_integer("position", raw),
        recorded_at=_integer("recorded_at", raw),
        effective_at=_integer("effective_at", raw),
        event_id=_id("event_id", _present("event_id", raw)),
        stream=_text("stream", raw),
        stream_version=_integer("stream_version", raw),
        type=_text("type", raw),
        actor=_id_or_none("actor", raw),
        on_behalf_of=_id_or_none("on_behalf_of", raw),
        command_id=_id_or_none("command_id", raw),
        correlation_id=_id_or_none("correlation_id", raw),
        causation_id=_id_or_none("causation_id", raw),
        context_hash=_sized("context_hash", raw, 32),
        payload_hash=_sized("payload_hash", raw, 32),
    )


_Raw = dict[str, bytes | None]


def _split(encoded: bytes) -> list[bytes | None]:
    if not encoded.startswith(PREFIX):
        raise EntryInvalid(f"an entry starts with {PREFIX.decode()}")
    values: list[bytes | None] = []
    at = len(PREFIX)
    for name in Entry._fields:
        length = encoded[at : at + 4]
        at += 4
        if length == _ABSENT:
            values.append(None)
            continue
        end = at + int.from_bytes(length)
        if len(length) < 4 or end > len(encoded):
            raise EntryInvalid(f"{name}: the entry ends before it does")
        values.append(encoded[at:end])
        at = end
    if at != len(encoded):
        raise EntryInvalid("bytes follow the last field")
    return values


def _present(name: str, raw: _Raw) -> bytes:
    value = raw[name]
    if value is None:
        raise EntryInvalid(f"{name}: may not be absent")
    return value


def _sized(name: str, raw: _Raw, size: int) -> bytes:
    value = _present(name, raw)
    if len(value) != size:
        raise EntryInvalid(f"{name}: {size} bytes are expected, {len(value)} are there")
    return value


def _integer(name: str, raw: _Raw) -> int:
    return int.from_bytes(_sized(name, raw, 8), signed=True)


def _text(name: str, raw: _Raw) -> str:
    try:
        return _present(name, raw).decode()
    except UnicodeDecodeError:
        raise EntryInvalid(f"{name}: not UTF-8") from None


def _id(name: str, value: bytes) -> str:
    if not _ID_FORM.fullmatch(value):
        raise EntryInvalid(f"{name}: an id is the 36 lower-case characters of a UUID")
    return value.decode("ascii")


def _id_or_none(name: str, raw: _Raw) -> str | None:
    value = raw[name]
    return None if value is None else _id(name, value)
