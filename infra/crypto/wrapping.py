"""Data keys as they are stored: wrapped for one organisation, under the key file's key of one epoch."""

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from application.ports.keys import KeyUnusable
from infra.crypto.key_file import KeyRing

_NONCE = 12


class Wrapping:
    """Wraps and unwraps the secrets of one organisation's data keys.

    Each organisation has wrapping keys of its own, derived from the key file's by HKDF-SHA256 (RFC 5869): one organisation's
    wrapped key can't be opened as another's. The key's id and the epoch are bound to what is wrapped.
    """

    def __init__(self, ring: KeyRing, organisation: UUID) -> None:
        self.epoch = ring.current
        self._ciphers = {number: AESGCM(subkey(root, "wrap", organisation)) for number, root in ring.epochs.items()}

    def wrap(self, key: UUID, secret: bytes) -> tuple[int, bytes]:
        """The epoch, and nonce, ciphertext and tag."""
        nonce = os.urandom(_NONCE)
        return self.epoch, nonce + self._ciphers[self.epoch].encrypt(nonce, secret, _about(key, self.epoch))

    def unwrap(self, key: UUID, epoch: int, wrapped: bytes) -> bytes:
        """The secret. Raises KeyUnusable: an epoch that the key file lacks, another key file, a changed or moved key."""
        cipher = self._ciphers.get(epoch)
        if cipher is None:
            raise KeyUnusable(
                f"data key {key} is wrapped in epoch {epoch}, and the key file has only {sorted(self._ciphers)}: "
                "name the right file in ONRECORD_KEY_FILE"
            )
        try:
            return cipher.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _about(key, epoch))
        except (InvalidTag, ValueError):
            raise KeyUnusable(
                f"data key {key} can't be unwrapped with epoch {epoch} of the key file: this isn't the file that it was "
                "wrapped with (ONRECORD_KEY_FILE), or the stored key was changed"
            ) from None


def subkey(root: bytes, purpose: str, organisation: UUID) -> bytes:
    """A key of one organisation for one purpose. `root` must be random."""
    return HKDF(SHA256(), 32, salt=None, info=f"onrecord {purpose} {organisation}".encode()).derive(root)


def _about(key: UUID, epoch: int) -> bytes:
    return f"onrecord data key {key} epoch {epoch}".encode("ascii")
