"""The log's signing keys, in a folder beside the key file and never in the database."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from infra.ledger.errors import NoteInvalid
from infra.ledger.keys import SigningKey, VerifierKey
from infra.ledger.mirror import replace

SECRET = "signing-keys"  # noqa: S105 (a file's name)
PUBLIC = "verifier-keys"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys that sign now, and the public half of every key that ever did: one while keys don't change, two while they do."""

    signing: tuple[SigningKey, ...]
    verifiers: tuple[VerifierKey, ...]

    @property
    def origin(self) -> str:
        """The log's name, which all its keys bear."""
        return self.signing[0].name

    def with_new_key(self) -> "KeyRing":
        """Signs with a further key as well, until the old ones are retired: verifiers can change over meanwhile."""
        key = SigningKey.generate(self.origin)
        return KeyRing((*self.signing, key), (*self.verifiers, key.verifier))

    def with_newest_key_alone(self) -> "KeyRing":
        """The older keys sign no more; what they signed can still be verified."""
        return KeyRing(self.signing[-1:], self.verifiers)


def ring_for(origin: str) -> KeyRing:
    """A ring of one new key."""
    key = SigningKey.generate(origin)
    return KeyRing((key,), (key.verifier,))


def load(folder: Path) -> KeyRing | None:
    """The ring of a folder; None where there is none. Raises NoteInvalid for one that can't be used."""
    try:
        secret = (folder / SECRET).read_text().split()
    except FileNotFoundError:
        return None
    signing = tuple(map(SigningKey.parse, secret))
    verifiers = tuple(map(VerifierKey.parse, (folder / PUBLIC).read_text().split()))
    if not signing or {key.name for key in signing} | {key.name for key in verifiers} != {signing[0].name}:
        raise NoteInvalid(f"{folder / SECRET} doesn't hold the keys of one log")
    if not {key.verifier for key in signing} <= set(verifiers):
        raise NoteInvalid(f"{folder / PUBLIC} lacks a key that signs")
    return KeyRing(signing, verifiers)


def load_or_create(folder: Path, origin: str) -> KeyRing:
    """The ring of a folder, made with one new key where there is none: by one of the processes that start at once."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ring = load(folder)
        if ring is None:
            ring = ring_for(origin)
            save(folder, ring)
        return ring


def save(folder: Path, ring: KeyRing) -> None:
    """Writes a ring, the public part first; only the owner may read the secret one."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace(folder / PUBLIC, "".join(f"{key}\n" for key in ring.verifiers).encode())
    write_secret(folder / SECRET, "\n".join(key.reveal() for key in ring.signing))


def write_secret(file: Path, text: str) -> None:
    """Writes a file that only its owner may read."""
    before = os.umask(0o077)
    try:
        replace(file, f"{text}\n".encode())
    finally:
        os.umask(before)
