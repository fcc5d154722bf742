"""A row as COPY (FORMAT binary) delivers it for an audit, turned into its leaf with its content hashed anew."""

from hashlib import sha256
from struct import Struct

from infra.ledger.entry import PREFIX
from infra.ledger.rows import SALT

Audited = tuple[int, int, bytes, str | None]
"""Position, recorded_at, the leaf's hash by what is stored, and what is wrong with the row in itself."""

_LENGTH = Struct(">i")
_FIELDS = Struct(">q4xq")
"""Position and recorded_at, the second and third of the fields that follow the content, each after its length."""
_BEGIN = 2
"""After the count of fields."""
_SALTED = _LENGTH.pack(SALT)
_NEVER_PURGED = b"\xff" * 8
_TOLD = 5
_LEAF = b"\x00" + PREFIX
_HASH = _LENGTH.pack(32)
_NOTHING = bytes(32)


def audited(row: bytes) -> Audited:
    """Of a row of audited_rows.sql."""
    if row[_BEGIN : _BEGIN + 4] == _SALTED:
        salt = row[6:22]
        (length,) = _LENGTH.unpack_from(row, 22)
        end = 26 + length
        if length >= 0:
            (length,) = _LENGTH.unpack_from(row, end)
            rest = end + 4 + length
            if length >= 0 and row[rest : rest + 8] == _NEVER_PURGED:
                context = sha256(salt + row[26:end]).digest()
                payload = sha256(salt + row[end + 4 : rest]).digest()
                position, recorded_at = _FIELDS.unpack_from(row, rest + 24)
                leaf = sha256(b"".join((_LEAF, row[rest + 8 :], _HASH, context, _HASH, payload))).digest()
                return position, recorded_at, leaf, None
    return _unusual(row)


def _unusual(row: bytes) -> Audited:
    """Purged, or not as the log writes it."""
    at = _BEGIN
    told: list[bytes | None] = []
    for _ in range(_TOLD):
        (length,) = _LENGTH.unpack_from(row, at)
        at += 4
        told.append(None if length < 0 else row[at : at + length])
        at += max(length, 0)
    salt, context, payload, kept_context, kept_payload = told
    fault = None
    if salt is not None and context is not None and payload is not None:
        hashes = (sha256(salt + context).digest(), sha256(salt + payload).digest())
        if len(salt) != SALT:
            # The same hash would come out where bytes moved between the salt and what follows it.
            fault = f"its salt has {len(salt)} bytes"
        elif (kept_context, kept_payload) != hashes:
            fault = "it counts as purged, with other hashes than those of its content"
    else:
        hashes = (kept_context or _NOTHING, kept_payload or _NOTHING)
        if kept_context is None or kept_payload is None:
            fault = "its content is gone, without a purge"
        elif (salt, context, payload) != (None, None, None):
            fault = "a part of its content is gone"
    position, recorded_at = _FIELDS.unpack_from(row, at + 16)
    leaf = sha256(b"".join((_LEAF, row[at:], _HASH, hashes[0], _HASH, hashes[1]))).digest()
    return position, recorded_at, leaf, fault
