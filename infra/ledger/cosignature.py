"""A witness's signature: as of a time, this is the largest tree of the log that it saw (C2SP tlog-cosignature, Ed25519)."""

from struct import Struct

from infra.ledger.errors import NoteInvalid
from infra.ledger.keys import COSIGNATURE, SigningKey, VerifierKey
from infra.ledger.note import Note, Signature

_TIME = Struct(">Q")
_LENGTH = 8 + 64


def cosign(checkpoint: str, key: SigningKey, time: int) -> Signature:
    """Over a checkpoint's text; `time` is in seconds since 1970."""
    signature = key.sign(_message(checkpoint, time))
    return Signature(key.name, key.verifier.id, _TIME.pack(time) + signature)


def cosigned_at(note: Note, key: VerifierKey) -> int | None:
    """When this witness cosigned, in seconds since 1970; None where it didn't. Raises NoteInvalid for a wrong signature."""
    if key.algorithm != COSIGNATURE:
        raise NoteInvalid(f"{key.name} is not a witness's key")
    for line in note.signatures:
        if line.by(key):
            return _time_of(note.text, line, key)
    return None


def _time_of(checkpoint: str, line: Signature, key: VerifierKey) -> int:
    time: int = _TIME.unpack(line.value[:8])[0] if len(line.value) == _LENGTH else 1 << 63
    if time >= 1 << 63 or not key.verifies(line.value[8:], _message(checkpoint, time)):
        raise NoteInvalid(f"the cosignature by {key.name}+{key.id.hex()} is wrong")
    return time


def _message(checkpoint: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{checkpoint}".encode()
