"""Receipts: the log's signed promise to seal what it has recorded, kept by whoever asked for it.

The text is `onrecord/receipt/v1`, the origin, the position, the event's id, the leaf's hash in base64, and the second (since
1970) until which it will be sealed, each on a line. No checkpoint can be read out of it, since its second line is no size.
"""

import base64
from collections.abc import Iterable
from typing import NamedTuple

from infra.ledger import note
from infra.ledger.errors import NoteInvalid
from infra.ledger.keys import VerifierKey, base64_bytes
from infra.ledger.note import Note

HEADER = "onrecord/receipt/v1"


class Receipt(NamedTuple):
    """What was recorded, where, and until when it will be sealed (seconds since 1970)."""

    origin: str
    position: int
    event_id: str
    leaf: bytes
    seal_by: int

    @property
    def text(self) -> str:
        """What is signed."""
        leaf = base64.b64encode(self.leaf).decode()
        return "".join(f"{line}\n" for line in (HEADER, self.origin, self.position, self.event_id, leaf, self.seal_by))


def verified(signed: Note, origin: str, keys: Iterable[VerifierKey]) -> Receipt:
    """The receipt of a note by this log. Raises NoteInvalid."""
    note.verify(signed, keys)
    lines = signed.text.split("\n")
    if len(lines) != 7 or lines[0] != HEADER or not (lines[2] + lines[5]).isdigit():
        raise NoteInvalid("not a receipt")
    receipt = Receipt(lines[1], int(lines[2]), lines[3], base64_bytes(lines[4]), int(lines[5]))
    if receipt.text != signed.text or receipt.origin != origin:
        raise NoteInvalid(f"not a receipt of {origin}")
    return receipt
