"""A data key in memory: AES-256-GCM with random nonces (NIST SP 800-38D), and a commitment to the key.

AES-GCM by itself doesn't commit to its key: a box can be made that opens under two keys to two texts. Here the secret of
a data key has a commitment, HMAC-SHA256 under the secret itself, which stands in the key's first event and so under the
seal of the log. Two secrets with one commitment would be a collision of SHA-256. A box names the id of its key, is under
the seal too, and is opened only with the secret that has that id's commitment: there is one text that it can open to.
"""

import hmac
import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from application.ports.keys import BoxDamaged

SECRET_BYTES = 32
_NONCE = 12
_SEAL = b"onrecord data key v1 seal"
_COMMIT = b"onrecord data key v1 commitment"


class AesDataKey:
    """An opened data key. Random nonces of 96 bits allow 2³² boxes under one key; a person's month stays far below."""

    __slots__ = ("_cipher", "commitment", "id")

    def __init__(self, key: UUID, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES:
            raise ValueError(f"the secret of a data key has {SECRET_BYTES} bytes, not {len(secret)}")
        self.id = key
        self.commitment = hmac.digest(secret, _COMMIT + key.bytes, "sha256").hex()
        self._cipher = AESGCM(hmac.digest(secret, _SEAL + key.bytes, "sha256"))

    def seal(self, value: bytes, about: bytes) -> bytes:
        """Nonce, ciphertext and tag."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, value, about)

    def open(self, box: bytes, about: bytes) -> bytes:
        """Raises BoxDamaged."""
        try:
            return self._cipher.decrypt(box[:_NONCE], box[_NONCE:], about)
        except (InvalidTag, ValueError):
            raise BoxDamaged(f"a box can't be opened with its key {self.id}: changed, or moved from another place") from None


def new_secret() -> bytes:
    """The secret of a new data key, from the operating system."""
    return os.urandom(SECRET_BYTES)
