"""The last checkpoint that was published, kept outside the database: it tells a restored or forked database from ours."""

from pathlib import Path

from infra.ledger import checkpoint, note
from infra.ledger.checkpoint import Checkpoint
from infra.ledger.mirror import replace
from infra.ledger.note import Note
from infra.ledger.sealing.keyring import KeyRing


class OutsideCopy:
    """One file, replaced whole."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self, ring: KeyRing) -> Checkpoint | None:
        """The checkpoint; None where none was published yet. Raises LedgerError for one that our keys didn't sign."""
        try:
            raw = self._file.read_bytes()
        except FileNotFoundError:
            return None
        return checkpoint.verified(note.parse(raw), ring.origin, ring.verifiers)

    def write(self, signed: Note) -> None:
        """Puts a checkpoint in place of the last one, and waits until it is on the disk."""
        replace(self._file, str(signed).encode())
