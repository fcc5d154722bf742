"""Identifiers of natural keys that tell about a person, through an HMAC that nobody can compute from the database alone."""

import hmac
from uuid import UUID

from domain.kernel.identifiers import derived
from infra.crypto.key_file import KeyRing
from infra.crypto.wrapping import subkey


class HmacPseudonyms:
    """The pseudonyms of one organisation: the same person has unrelated identifiers in two organisations."""

    def __init__(self, ring: KeyRing, organisation: UUID) -> None:
        self._key = subkey(ring.pseudonyms, "pseudonyms", organisation)

    def __call__(self, kind: str, natural_key: str) -> UUID:
        """The one identifier for this kind and (normalised) natural key."""
        told = kind.encode() + b"\x1f" + natural_key.encode()
        return derived("pseudonym", kind, hmac.digest(self._key, told, "sha256").hex())
