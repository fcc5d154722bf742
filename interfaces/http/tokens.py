"""Bearer tokens: JSON Web Tokens (RFC 7519) with pinned algorithms, issuer, audience and expiry."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from domain.kernel.identifiers import PersonId
from interfaces.graphql.answers import Session
from interfaces.graphql.documents import Bounded

DEVELOPMENT_ISSUER = "onrecord:development"
GUEST_ISSUER = "onrecord:guests"
LIFETIME = timedelta(hours=12)
LONGEST = 4_096
"""Characters of a token that are looked at."""


class TokenRefused(Exception):
    """The token isn't valid here. Its text says why, and nothing of the token."""


class Trusted(NamedTuple):
    """An issuer's key: only tokens signed with exactly this algorithm by it are read with it."""

    issuer: str
    algorithm: str
    key: object


Now = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


class Tokens:
    """Reads tokens that were issued for one of the organisations served here. Keys are found by the token's `kid`."""

    def __init__(self, trusted: Mapping[str, Trusted], organisations: frozenset[str], now: Now = utc_now) -> None:
        self.trusted, self.organisations, self.now = trusted, organisations, now
        self.known: Bounded[str, Session] = Bounded(10_000)

    def session(self, token: str) -> Session:
        """Who the token speaks for. Raises TokenRefused."""
        session = self.known.get(token)
        if session is None:
            session = self._read(token)
            self.known.put(token, session)
        if session.expires <= self.now():
            raise TokenRefused("The token has expired.")
        return session

    def _read(self, token: str) -> Session:
        if len(token) > LONGEST:
            raise TokenRefused("The token is too long.")
        try:
            # Which key to try is the only thing that is believed before the signature is checked.
            trusted = self.trusted[jwt.get_unverified_header(token)["kid"]]
            claims = jwt.decode(
                token,
                trusted.key,  # type: ignore[arg-type]  # the key's class belongs to its algorithm
                algorithms=[trusted.algorithm],
                issuer=trusted.issuer,
                options={"require": ["exp", "iat", "sub", "aud", "iss"], "verify_exp": False, "verify_aud": False},
            )
            audience, expires = claims["aud"], datetime.fromtimestamp(claims["exp"], UTC)
            subject = PersonId(UUID(claims["sub"]))
            session = UUID(claims["jti"]) if "jti" in claims else None
        except (jwt.PyJWTError, LookupError, TypeError, ValueError, AttributeError, OverflowError):
            raise TokenRefused("The token is not valid.") from None
        if not isinstance(audience, str) or audience not in self.organisations:
            raise TokenRefused("The token is for another organisation.")
        client = claims.get("client")
        return Session(subject, audience, expires, session, str(client)[:200] if client else None)


class LocalIssuer:
    """Issues tokens of this installation's own.

    The Ed25519 key lies in a file, readable by its owner only, and is made when it is not there. Processes that share an
    installation share the file.
    """

    def __init__(self, name: str, file: Path) -> None:
        self.name, self.key = name, _key(file)

    @property
    def trusted(self) -> dict[str, Trusted]:
        """What to give to `Tokens`, so that these tokens are accepted."""
        return {self.name: Trusted(self.name, "EdDSA", self.key.public_key())}

    def issue(self, person: PersonId, organisation: str, lifetime: timedelta = LIFETIME, now: datetime | None = None) -> str:
        """A token that speaks for a person in an organisation."""
        issued = now or utc_now()
        claims = {
            "iss": self.name,
            "sub": str(person),
            "aud": organisation,
            "iat": issued,
            "exp": issued + lifetime,
            "jti": str(uuid4()),
        }
        return jwt.encode(claims, self.key, algorithm="EdDSA", headers={"kid": self.name})


class DevelopmentIssuer(LocalIssuer):
    """Issues tokens for anybody: for development and demonstrations, where ONRECORD_DEV_ISSUER=1 asks for it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(DEVELOPMENT_ISSUER, folder / "development-issuer.pem")


class GuestIssuer(LocalIssuer):
    """Issues tokens for guests, who have no identity provider."""

    def __init__(self, folder: Path) -> None:
        super().__init__(GUEST_ISSUER, folder / "guest-issuer.pem")


def _key(path: Path) -> Ed25519PrivateKey:
    if not path.exists():
        _make_key(path)
    found = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(found, Ed25519PrivateKey):
        raise TypeError(f"{path} holds another kind of key than Ed25519")
    return found


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Linked into place whole: of two processes that start together, one makes the key and both use it.
    draft = path.with_name(f"{path.name}.{uuid4().hex}")
    draft.touch(mode=0o600)
    draft.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
