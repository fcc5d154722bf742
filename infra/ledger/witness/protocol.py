"""The one request of the witness protocol, `add-checkpoint`, as it is written (C2SP tlog-witness)."""

import base64
import re
from typing import Final, NamedTuple

from infra.ledger import checkpoint, note
from infra.ledger.checkpoint import Checkpoint
from infra.ledger.errors import LedgerError
from infra.ledger.keys import base64_bytes
from infra.ledger.note import Note
from infra.ledger.proofs import MOST_HASHES

SIZE_TYPE: Final = "text/x.tlog.size"
"""The media type of an answer that says which size the witness has."""

LONGEST = note.LONGEST + MOST_HASHES * 45 + 64

_OLD = re.compile("old (0|[1-9][0-9]{0,18})", re.ASCII)


class RequestInvalid(LedgerError):
    """The body is not an add-checkpoint request."""


class AddCheckpoint(NamedTuple):
    """Asks to cosign a checkpoint that follows the one of size `old`, with the proof of it; nothing of it is verified."""

    old: int
    proof: tuple[bytes, ...]
    signed: Note

    @property
    def checkpoint(self) -> Checkpoint:
        return checkpoint.parse(self.signed.text)

    def __str__(self) -> str:
        proof = [base64.b64encode(value).decode() for value in self.proof]
        return "\n".join([f"old {self.old}", *proof, "", str(self.signed)])


def parse(body: bytes) -> AddCheckpoint:
    """Raises RequestInvalid for anything that isn't one, its checkpoint included."""
    try:
        head, separator, signed = body.decode().partition("\n\n")
        old, *proof = head.split("\n")
        hashes = tuple(map(base64_bytes, proof))
        under = note.parse(signed)
        checkpoint.parse(under.text)
    except (LedgerError, UnicodeDecodeError) as error:
        raise RequestInvalid(str(error)) from None
    found = _OLD.fullmatch(old)
    if not separator or found is None or len(hashes) > MOST_HASHES:
        raise RequestInvalid("a request is an old size, at most 63 hashes and a checkpoint")
    return AddCheckpoint(int(found[1]), hashes, under)
