"""The last checkpoint that was published, kept outside the database: it tells a restored or forked database from ours."""

import fcntl
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
        """Puts a checkpoint in place of a smaller one, and waits until it is on the disk. Several sealers may do so at once."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.with_name(f".{self._file.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self._size() < checkpoint.parse(signed.text).size:
                replace(self._file, str(signed).encode())

    def _size(self) -> int:
        try:
            return checkpoint.parse(note.parse(self._file.read_bytes()).text).size
        except FileNotFoundError:
            return 0
