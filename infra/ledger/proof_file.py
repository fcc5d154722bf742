"""One record's proof as a file that anybody can check offline (C2SP tlog-proof, version 1)."""

import base64
import re
from dataclasses import dataclass

from infra.ledger import note
from infra.ledger.errors import ProofInvalid
from infra.ledger.keys import base64_bytes
from infra.ledger.note import Note
from infra.ledger.tree import HASH

HEADER = "c2sp.org/tlog-proof@v1"
SUFFIX = ".tlog-proof"

_INDEX = re.compile("index (0|[1-9][0-9]{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ProofFile:
    """The leaf's index (position − 1), the inclusion proof and a checkpoint that covers it.

    `extra` is authenticated by nothing; ours is the entry itself, which the proof's leaf hash authenticates.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Note
    extra: bytes | None = None

    def __str__(self) -> str:
        extra = [] if self.extra is None else [f"extra {base64.b64encode(self.extra).decode()}"]
        hashes = [base64.b64encode(value).decode() for value in self.hashes]
        return "\n".join([HEADER, *extra, f"index {self.index}", *hashes, "", str(self.checkpoint)])


def parse(text: str) -> ProofFile:
    """The parts of a proof file, unverified. Raises ProofInvalid or NoteInvalid."""
    head, separator, checkpoint = text.partition("\n\n")
    header, *lines = head.split("\n")
    if header != HEADER or not separator:
        raise ProofInvalid(f"a proof starts with {HEADER} and has a checkpoint after an empty line")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = base64_bytes(lines.pop(0).removeprefix("extra "))
    if not lines or (index := _INDEX.fullmatch(lines.pop(0))) is None:
        raise ProofInvalid("a proof names the index of its entry")
    hashes = tuple(map(base64_bytes, lines))
    if any(len(value) != HASH for value in hashes):
        raise ProofInvalid("every hash is 32 bytes")
    return ProofFile(int(index[1]), hashes, note.parse(checkpoint), extra)
