"""Keys of signed notes: what a verifier is configured with, and what a signer keeps secret."""

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from infra.ledger.errors import NoteInvalid

ED25519: Final = 1
COSIGNATURE: Final = 4
_MARK = "PRIVATE+KEY+"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key by name; `algorithm` is ED25519 for a log and COSIGNATURE for a witness (C2SP signed-note)."""

    name: str
    algorithm: int
    public: bytes

    def __post_init__(self) -> None:
        require_name(self.name)
        if self.algorithm not in (ED25519, COSIGNATURE) or len(self.public) != 32:
            raise NoteInvalid(f"{self.name}: only Ed25519 keys are known, as logs (1) or as witnesses (4)")

    @property
    def id(self) -> bytes:
        """Four bytes that tell keys of one name apart; no secret, and not collision-resistant."""
        return sha256(self.name.encode() + bytes((10, self.algorithm)) + self.public).digest()[:4]

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether this key made this Ed25519 signature (RFC 8032)."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes((self.algorithm,)) + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """From name+id+key as a log publishes it. Raises NoteInvalid."""
        name, identifier, algorithm, public = _split(text)
        key = cls(name, algorithm, public)
        if key.id.hex() != identifier:
            raise NoteInvalid(f"{name}: the key's id is {key.id.hex()}, not {identifier}")
        return key


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """A secret Ed25519 key by name, in the form that golang.org/x/mod/sumdb/note generates."""

    name: str
    seed: bytes
    algorithm: int = ED25519

    @property
    def verifier(self) -> VerifierKey:
        return VerifierKey(self.name, self.algorithm, self._private().public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """64 bytes; the same for the same message every time (RFC 8032)."""
        return self._private().sign(message)

    def reveal(self) -> str:
        """The text that a key file holds."""
        secret = base64.b64encode(bytes((self.algorithm,)) + self.seed).decode()
        return f"{_MARK}{self.name}+{self.verifier.id.hex()}+{secret}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """From what reveal gave. Raises NoteInvalid, without repeating any of it."""
        if not text.startswith(_MARK):
            raise NoteInvalid("not a signing key")
        name, identifier, algorithm, seed = _split(text.removeprefix(_MARK))
        if len(seed) != 32:
            raise NoteInvalid("not a signing key")
        key = cls(name, seed, algorithm)
        if key.verifier.id.hex() != identifier:
            raise NoteInvalid(f"{name}: the key's id is {key.verifier.id.hex()}, not {identifier}")
        return key

    @classmethod
    def generate(cls, name: str, algorithm: int = ED25519) -> Self:
        """A new key from the system's randomness."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw(), algorithm)

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def __repr__(self) -> str:
        return f"SigningKey({self.verifier})"


def require_name(name: str) -> None:
    """Raises NoteInvalid for a name that a signature line can't carry."""
    if not name or "+" in name or any(character.isspace() or character < " " for character in name):
        raise NoteInvalid(f"not a key's name: {name!r}")


def base64_bytes(text: str) -> bytes:
    """Standard base64 with padding and nothing else; raises NoteInvalid for any other spelling of the same bytes."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteInvalid(f"not base64: {text[:100]!r}") from None
    if base64.b64encode(value).decode() != text:
        raise NoteInvalid(f"not base64 in its one spelling: {text[:100]!r}")
    return value


def _split(text: str) -> tuple[str, str, int, bytes]:
    parts = text.strip().split("+", 2)
    if len(parts) != 3 or not re.fullmatch("[0-9a-f]{8}", parts[1]):
        raise NoteInvalid("a key is written name+id+base64")
    name, identifier, encoded = parts
    key = base64_bytes(encoded)
    if not key:
        raise NoteInvalid(f"{name}: the key is empty")
    return name, identifier, key[0], key[1:]
