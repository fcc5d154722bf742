"""What a log signs: the size and the root of its tree (C2SP tlog-checkpoint)."""

import base64
import re
from collections.abc import Iterable
from typing import NamedTuple

from infra.ledger import note
from infra.ledger.errors import CheckpointInvalid
from infra.ledger.keys import VerifierKey, base64_bytes
from infra.ledger.note import Note
from infra.ledger.tree import EMPTY_ROOT, HASH

_SIZE = re.compile("0|[1-9][0-9]{0,18}", re.ASCII)


class Checkpoint(NamedTuple):
    """The head of the tree of one log; `extensions` are further lines that others' logs may have, ours has none."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is signed."""
        return "".join(f"{line}\n" for line in (self.origin, self.size, base64.b64encode(self.root).decode(), *self.extensions))


def parse(text: str) -> Checkpoint:
    """Raises CheckpointInvalid for anything that Checkpoint.text wouldn't write."""
    origin, size, root, *extensions = [*text.removesuffix("\n").split("\n"), "", ""]
    extensions = extensions[:-2]
    if not origin or not _SIZE.fullmatch(size) or not all(extensions):
        raise CheckpointInvalid("a checkpoint is an origin, a size and a root, each on a line")
    checkpoint = Checkpoint(origin, int(size), base64_bytes(root), tuple(extensions))
    if len(checkpoint.root) != HASH:
        raise CheckpointInvalid("a root is 32 bytes")
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise CheckpointInvalid("the root of an empty tree is the hash of nothing")
    return checkpoint


def verified(signed: Note, origin: str, keys: Iterable[VerifierKey]) -> Checkpoint:
    """The checkpoint of a note by this log. Raises NoteInvalid or CheckpointInvalid."""
    note.verify(signed, keys)
    checkpoint = parse(signed.text)
    if checkpoint.origin != origin:
        raise CheckpointInvalid(f"a checkpoint of {checkpoint.origin}, not of {origin}")
    return checkpoint
