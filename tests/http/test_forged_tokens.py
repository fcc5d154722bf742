"""Tokens that nobody issued so, whatever is wrong with them, open no door: HTTP, WebSocket, events, the guests' desk."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from interfaces.http.tokens import DEVELOPMENT_ISSUER, GUEST_ISSUER
from tests.live.clients import raw
from tests.support.postgres import ORGANISATION
from tests.support.serving import Client, Served

HOUR = timedelta(hours=1)
HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
ENCODINGS = {"PEM": Encoding.PEM, "DER": Encoding.DER, "raw": Encoding.Raw, "OpenSSH": Encoding.OpenSSH}
Forge = Callable[["Victim"], str]


class Victim:
    """Whose token is forged, and what a forger may know: the public key, and a good token of their own."""

    def __init__(self, client: Client) -> None:
        self.client, self.key = client, client.served.issuer.key

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = datetime.now(UTC)
        good = {"iss": DEVELOPMENT_ISSUER, "sub": str(self.client.person), "aud": ORGANISATION, "jti": str(uuid4())}
        times = {"iat": int(now.timestamp()) - 5, "exp": int((now + HOUR).timestamp())}
        return {name: value for name, value in (good | times | changes).items() if value is not None}

    def signed(self, key: Any = None, algorithm: str = "EdDSA", head: dict[str, Any] | None = None, **changes: Any) -> str:
        """A token by the issuer's own key, where no other is given, with something else said in it."""
        headers = {"kid": DEVELOPMENT_ISSUER} | (head or {})
        return jwt.encode(self.claims(**changes), key or self.key, algorithm=algorithm, headers=headers)

    def keyed(self, algorithm: str, secret: bytes) -> str:
        """A token whose signature is a hash keyed with something that everybody knows."""
        text = _part({"alg": algorithm, "typ": "JWT", "kid": DEVELOPMENT_ISSUER}) + b"." + _part(self.claims())
        return (text + b"." + _encoded(hmac.digest(secret, text, HASHES[algorithm]))).decode()

    def public(self, encoding: Encoding) -> bytes:
        shape = PublicFormat.Raw if encoding is Encoding.Raw else PublicFormat.SubjectPublicKeyInfo
        shape = PublicFormat.OpenSSH if encoding is Encoding.OpenSSH else shape
        return self.key.public_key().public_bytes(encoding, shape)

    def changed(self, place: int, **changes: Any) -> str:
        """A good token of which a part was replaced, with the signature left as it was."""
        parts = self.signed().split(".")
        said = orjson.loads(base64.urlsafe_b64decode(parts[place] + "=="))
        parts[place] = _part(said | changes).decode()
        return ".".join(parts)


def _encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _part(said: dict[str, Any]) -> bytes:
    return _encoded(orjson.dumps(said))


def _in(delta: timedelta) -> int:
    return int((datetime.now(UTC) + delta).timestamp())


def _own_key_in_the_head(victim: Victim) -> str:
    key = Ed25519PrivateKey.generate()
    public = {"kty": "OKP", "crv": "Ed25519", "x": _encoded(key.public_key().public_bytes_raw()).decode()}
    return victim.signed(key, head={"jwk": public})


def _keyed(algorithm: str, name: str) -> Forge:
    return lambda victim: victim.keyed(algorithm, victim.public(ENCODINGS[name]))


FORGED: dict[str, Forge] = {
    "expired": lambda v: v.signed(exp=_in(-timedelta(seconds=1))),
    "expired long ago": lambda v: v.signed(iat=_in(-48 * HOUR), exp=_in(-36 * HOUR)),
    "never expiring": lambda v: v.signed(exp=None),
    "not valid yet": lambda v: v.signed(nbf=_in(HOUR)),
    "issued in the future": lambda v: v.signed(iat=_in(HOUR), exp=_in(2 * HOUR)),
    "for another organisation": lambda v: v.signed(aud="other"),
    "for several organisations": lambda v: v.signed(aud=[ORGANISATION, "other"]),
    "for nobody in particular": lambda v: v.signed(aud=None),
    "by another issuer": lambda v: v.signed(iss="https://elsewhere.example"),
    "by the issuer of guests, it says": lambda v: v.signed(iss=GUEST_ISSUER),
    "under the guests' key, it says": lambda v: v.signed(head={"kid": GUEST_ISSUER}, iss=GUEST_ISSUER),
    "by no issuer": lambda v: v.signed(iss=None),
    "for no one": lambda v: v.signed(sub=None),
    "for something that is no id": lambda v: v.signed(sub="root"),
    "signed by somebody else": lambda v: v.signed(Ed25519PrivateKey.generate()),
    "signed by a key of its own head": _own_key_in_the_head,
    "signed by another algorithm": lambda v: v.signed(generate_private_key(SECP256R1()), "ES256"),
    "under an unknown key": lambda v: v.signed(head={"kid": "../../development-issuer.pem"}),
    "under no key": lambda v: jwt.encode(v.claims(), v.key, algorithm="EdDSA"),
    "unsigned": lambda v: jwt.encode(v.claims(), "", algorithm="none", headers={"kid": DEVELOPMENT_ISSUER}),
    "unsigned, in capitals": lambda v: v.changed(0, alg="NONE"),
    "its signature cut off": lambda v: v.signed().rpartition(".")[0] + ".",
    "its signature cut short": lambda v: v.signed()[:-4],
    "the algorithm changed": lambda v: v.changed(0, alg="HS256"),
    "the person changed": lambda v: v.changed(1, sub=str(uuid4())),
    "the time changed": lambda v: v.changed(1, exp=_in(1000 * HOUR)),
    "with a demand that nobody knows": lambda v: v.signed(head={"crit": ["exp2"], "exp2": 1}),
    **{f"{algorithm} with the public key, {name}": _keyed(algorithm, name) for algorithm in HASHES for name in ENCODINGS},
    "HS256 with nothing": lambda v: v.keyed("HS256", b""),
}
"""Forgeries by what is wrong with them."""


@pytest.fixture(scope="module")
async def victim(shared: Served) -> Victim:
    return Victim(await shared.person("Ann"))


async def test_a_good_one_is_believed(victim: Victim) -> None:
    """So that it is not something else that is wrong with all of the others."""
    assert await let_in(victim.client.served, victim.signed()) == {"http": 200, "events": 200, "socket": True, "desk": 404}


@pytest.mark.parametrize("kind", FORGED)
async def test_no_door_opens(victim: Victim, kind: str) -> None:
    doors = await let_in(victim.client.served, FORGED[kind](victim))
    assert doors == {"http": 401, "events": 401, "socket": False, "desk": 401}


async def let_in(served: Served, token: str) -> dict[str, Any]:
    """What is answered at each door."""
    headers, query = {"Authorization": f"Bearer {token}"}, {"query": "{ viewer { name } }"}
    http = await served.http.post("/graphql", json=query, headers=headers)
    accept = headers | {"Accept": "text/event-stream"}
    events = await served.http.post("/graphql", json=query, headers=accept)
    invite = await served.http.post("/guests/codes", json={"person": "x"}, headers=headers)
    async with raw(served.url) as line:
        await line.say(type="connection_init", payload={"token": token})
        try:
            socket = (await line.hear())["type"] == "connection_ack"
        except Exception:  # noqa: BLE001 (however it is closed, it is closed)
            socket = False
            assert (await line.closed())[0] == 4403
    return {"http": http.status_code, "events": events.status_code, "socket": socket, "desk": invite.status_code}
