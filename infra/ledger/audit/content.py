"""A row as COPY (FORMAT binary) delivers it for an audit, turned into its entry with its content hashed anew."""

from hashlib import sha256
from struct import Struct
from typing import NamedTuple

from infra.ledger.entry import PREFIX
from infra.ledger.rows import SALT

_LENGTH = Struct(">i")
_HASHES = Struct(">I32sI32s")
_TOLD = 5
_NOTHING = bytes(32)


class Audited(NamedTuple):
    """An entry computed from what is stored; `fault` says what is wrong with the row in itself."""

    position: int
    recorded_at: int
    entry: bytes
    fault: str | None


def audited(row: bytes) -> Audited:
    """Of a row of audited_rows.sql, without its count of fields."""
    at = 0
    told: list[bytes | None] = []
    for _ in range(_TOLD):
        (length,) = _LENGTH.unpack_from(row, at)
        at += 4
        if length < 0:
            told.append(None)
        else:
            told.append(row[at : at + length])
            at += length
    salt, context, payload, kept_context, kept_payload = told
    fault = None
    if salt is not None and context is not None and payload is not None:
        context_hash, payload_hash = sha256(salt + context).digest(), sha256(salt + payload).digest()
        if len(salt) != SALT:
            # The same hash would come out where bytes moved between the salt and what follows it.
            fault = f"its salt has {len(salt)} bytes"
        elif kept_context is not None and (kept_context, kept_payload) != (context_hash, payload_hash):
            fault = "it counts as purged, with other hashes than those of its content"
    else:
        context_hash, payload_hash = kept_context or _NOTHING, kept_payload or _NOTHING
        if kept_context is None or kept_payload is None:
            fault = "its content is gone, without a purge"
        elif (salt, context, payload) != (None, None, None):
            fault = "a part of its content is gone"
    rest = row[at:]
    # The second and third of the fields that follow, each after its length: position and recorded_at.
    return Audited(
        int.from_bytes(rest[16:24], signed=True),
        int.from_bytes(rest[28:36], signed=True),
        b"".join((PREFIX, rest, _HASHES.pack(32, context_hash, 32, payload_hash))),
        fault,
    )
