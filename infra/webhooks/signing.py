"""Signatures of webhooks, as Standard Webhooks 1.0 has them (symmetric, version 1)."""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from uuid import UUID


def signed(id_: UUID, body: bytes, secret: bytes, now: datetime) -> Mapping[str, str]:
    """The headers that prove that this body was sent by who knows the secret, and when."""
    timestamp = str(int(now.timestamp()))
    said = b".".join((str(id_).encode(), timestamp.encode(), body))
    signature = b64encode(hmac.digest(secret, said, sha256)).decode()
    return {"webhook-id": str(id_), "webhook-timestamp": timestamp, "webhook-signature": f"v1,{signature}"}
