"""Rows as JSON Lines that onrecord-verify checks (docs/reference/ledger-format.md, "Export")."""

from collections.abc import Sequence
from typing import Any

import msgspec

from application.ports.log import Row
from infra.ledger.note import Note
from infra.ledger.rows import Hashes, hashes_of

FORMAT = "onrecord-export/1"

_json = msgspec.json.Encoder()


def header(checkpoint: Note, *, whole: bool) -> bytes:
    """The first line. `whole`: every row from position 1 to the checkpoint's size follows, in order, without proofs."""
    return _json.encode({"format": FORMAT, "whole": whole, "checkpoint": str(checkpoint)}) + b"\n"


def line(row: Row, kept: Hashes | None = None, proof: Sequence[bytes] | None = None) -> bytes:
    """One row: content in base64, the hashes of it in hexadecimal, and its inclusion proof unless the export is whole."""
    context, payload = hashes_of(row, kept)
    fields: dict[str, Any] = {**row._asdict(), "context_hash": context.hex(), "payload_hash": payload.hex()}
    if proof is not None:
        fields["proof"] = proof
    return _json.encode(fields) + b"\n"
