"""Only a token that says who, for here, in time, signed by a key we trust in the way we expect, is believed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.kernel.identifiers import PersonId
from interfaces.http.tokens import DEVELOPMENT_ISSUER, DevelopmentIssuer, TokenRefused, Tokens

LI = PersonId(UUID("0198c0de-0000-7000-8000-000000000001"))
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def issuer(tmp_path: Path) -> DevelopmentIssuer:
    return DevelopmentIssuer(tmp_path)


def reader(issuer: DevelopmentIssuer, now: datetime = NOON) -> Tokens:
    return Tokens(issuer.trusted, frozenset({"main"}), now=lambda: now)


def claims(**changes: Any) -> dict[str, Any]:
    given = {"iss": DEVELOPMENT_ISSUER, "sub": str(LI), "aud": "main", "iat": NOON, "exp": NOON + timedelta(hours=1)}
    return {name: value for name, value in (given | changes).items() if value is not None}


def test_a_token_says_who_where_and_until_when(issuer: DevelopmentIssuer) -> None:
    session = reader(issuer).session(issuer.issue(LI, "main", now=NOON))
    assert (session.viewer, session.organisation, session.expires) == (LI, "main", NOON + timedelta(hours=12))
    assert session.session is not None


def test_expiry_ends_a_token_that_was_read_before(issuer: DevelopmentIssuer) -> None:
    moments = iter([NOON, NOON + timedelta(hours=12)])
    tokens = Tokens(issuer.trusted, frozenset({"main"}), now=lambda: next(moments))
    token = issuer.issue(LI, "main", now=NOON)
    tokens.session(token)
    with pytest.raises(TokenRefused, match="expired"):
        tokens.session(token)


@pytest.mark.parametrize(
    "changes",
    [
        *({"iss": "https://elsewhere.example"}, {"aud": "other"}, {"aud": ["main", "other"]}, {"sub": "li"}),
        *({"sub": None}, {"exp": None}, {"exp": 10**30}, {"iat": None}, {"aud": None}, {"jti": 7}),
    ],
    ids=str,
)
def test_wrong_claims(issuer: DevelopmentIssuer, changes: dict[str, Any]) -> None:
    token = jwt.encode(claims(**changes), issuer.key, algorithm="EdDSA", headers={"kid": DEVELOPMENT_ISSUER})
    with pytest.raises(TokenRefused):
        reader(issuer).session(token)


def test_wrong_signatures(issuer: DevelopmentIssuer) -> None:
    header = {"kid": DEVELOPMENT_ISSUER}
    forged = jwt.encode(claims(), Ed25519PrivateKey.generate(), algorithm="EdDSA", headers=header)
    unsigned = jwt.encode(claims(), "", algorithm="none", headers=header)
    swapped = jwt.encode(claims(), "a secret of our own, thirty-two bytes or more", algorithm="HS256", headers=header)
    unknown = jwt.encode(claims(), issuer.key, algorithm="EdDSA", headers={"kid": "other"})
    nameless = jwt.encode(claims(), issuer.key, algorithm="EdDSA")
    good = issuer.issue(LI, "main", now=NOON)
    for token in (forged, unsigned, swapped, unknown, nameless, good[:-4], "", "a.b.c", "🙂", "x" * 10_000):
        with pytest.raises(TokenRefused):
            reader(issuer).session(token)


def test_the_key_is_kept_and_private(tmp_path: Path) -> None:
    first, second = DevelopmentIssuer(tmp_path / "data"), DevelopmentIssuer(tmp_path / "data")
    reader(second).session(first.issue(LI, "main", now=NOON))
    [path] = (tmp_path / "data").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
