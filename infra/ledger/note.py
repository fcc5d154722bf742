"""Signed notes (C2SP signed-note): text, an empty line, signature lines."""

import base64
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from infra.ledger.errors import NoteInvalid
from infra.ledger.keys import ED25519, SigningKey, VerifierKey, base64_bytes, require_name

LONGEST = 65_536
MOST_SIGNATURES = 64

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class Signature(NamedTuple):
    """One line under a note: who claims to have signed, by name and key id, and the bytes."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"— {self.name} {base64.b64encode(self.key_id + self.value).decode()}\n"

    def by(self, key: VerifierKey) -> bool:
        """Whether it claims to be by this key."""
        return self.name == key.name and self.key_id == key.id


class Note(NamedTuple):
    """A text that ends in a newline, and signatures of which nothing has been verified yet."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def and_signed(self, more: Iterable[Signature]) -> "Note":
        """With further signatures; one that replaces another by the same key takes its place."""
        lines = {(line.name, line.key_id): line for line in (*self.signatures, *more)}
        return Note(self.text, tuple(lines.values()))


def sign(text: str, keys: Sequence[SigningKey]) -> Note:
    """Signed by every key given, so that verifiers of the old and of the new key accept it while keys are changed."""
    require_text(text)
    message = text.encode()
    return Note(text, tuple(Signature(key.name, key.verifier.id, key.sign(message)) for key in keys))


def parse(raw: bytes | str) -> Note:
    """The parts of a note, unverified. Raises NoteInvalid where it is malformed, over-long or has no signature."""
    try:
        note = raw if isinstance(raw, str) else raw.decode()
    except UnicodeDecodeError:
        raise NoteInvalid("a note is UTF-8") from None
    if len(note) > LONGEST:
        raise NoteInvalid(f"a note has at most {LONGEST} characters")
    text, separator, lines = note.rpartition("\n\n")
    if not separator or not lines.endswith("\n"):
        raise NoteInvalid("a note ends in an empty line and signatures")
    require_text(text + "\n")
    return Note(text + "\n", signatures(lines))


def signatures(lines: str) -> tuple[Signature, ...]:
    """Signature lines as they stand under a note or in a witness's answer."""
    if not lines.endswith("\n"):
        raise NoteInvalid("a signature line ends in a newline")
    found = tuple(map(_signature, lines[:-1].split("\n")))
    if len(found) > MOST_SIGNATURES:
        raise NoteInvalid(f"a note has at most {MOST_SIGNATURES} signatures")
    return found


def verify(note: Note, keys: Iterable[VerifierKey]) -> list[VerifierKey]:
    """The log's keys (ED25519) that signed the note, at least one; others are ignored.

    Raises NoteInvalid where no known key signed, or where a signature by a known key is wrong.
    """
    message = note.text.encode()
    signed = []
    for key in keys:
        for line in note.signatures:
            if key.algorithm != ED25519 or not line.by(key):
                continue
            if not key.verifies(line.value, message):
                raise NoteInvalid(f"the signature by {key.name}+{key.id.hex()} is wrong")
            signed.append(key)
            break
    if not signed:
        raise NoteInvalid("no signature by a known key")
    return signed


def require_text(text: str) -> None:
    """Raises NoteInvalid for a text that can't be signed."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise NoteInvalid("a note's text ends in a newline and has no other control characters")


def _signature(line: str) -> Signature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—":
        raise NoteInvalid(f"not a signature line: {line[:100]!r}")
    require_name(parts[1])
    value = base64_bytes(parts[2])
    if len(value) < 5:
        raise NoteInvalid(f"the signature by {parts[1]} is too short")
    return Signature(parts[1], value[:4], value[4:])
