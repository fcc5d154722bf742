"""Receivers can tell who calls them and whether they were called before; nothing inside can be reached through them."""

import hmac
import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import pytest

from application.ports.notifications import Call, Hook, NotEver, NotNow
from infra.webhooks.caller import WebhookCaller
from infra.webhooks.guarding import destination
from infra.webhooks.signing import signed
from tests.support.hook_server import hook_server

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECRET = b"0123456789abcdef01234567"
CALL = Call(UUID("01890a5d-ac96-774b-bcce-b302099a8057"), "onrecord.test.v1", "bo", NOON, {"notifications": ["一"]})


def caller(*, private: bool = True) -> WebhookCaller:
    return WebhookCaller("https://onrecord.example", lambda: NOON, private=private)


def test_a_signature_is_the_one_that_standard_webhooks_has_for_its_example() -> None:
    """The example of the specification's reference implementations."""
    body = b'{"test": 2432232314}'
    secret = b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    said = b"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330." + body
    assert b64encode(hmac.digest(secret, said, sha256)).decode() == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    headers = signed(CALL.id, body, secret, NOON)
    again = hmac.digest(secret, f"{CALL.id}.{int(NOON.timestamp())}.".encode() + body, sha256)
    assert headers["webhook-signature"] == f"v1,{b64encode(again).decode()}"


async def test_a_call_is_a_cloud_event_signed_by_both_sides_secret() -> None:
    with hook_server() as server:
        await caller().call(Hook(server.url, SECRET), CALL)
        [(headers, body)] = server.calls
    assert json.loads(body) == {
        "specversion": "1.0",
        "id": str(CALL.id),
        "source": "https://onrecord.example",
        "type": "onrecord.test.v1",
        "subject": "bo",
        "time": "2026-03-02T12:00:00Z",
        "datacontenttype": "application/json",
        "data": {"notifications": ["一"]},
    }
    assert headers["content-type"] == "application/cloudevents+json"
    assert headers["host"] == f"127.0.0.1:{server.port}"
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    assert headers["webhook-signature"] == "v1," + b64encode(hmac.digest(SECRET, said, sha256)).decode()
    assert headers["webhook-id"] == str(CALL.id)


async def test_what_may_pass_is_told_from_what_will_not() -> None:
    with hook_server() as server:
        server.answers += [500, 429, 404, 302, 410]
        for _ in range(4):
            with pytest.raises(NotNow):
                await caller().call(Hook(server.url, SECRET), CALL)
        with pytest.raises(NotEver, match="410"):
            await caller().call(Hook(server.url, SECRET), CALL)
        assert len(server.calls) == 5, "a redirect was followed"
    with pytest.raises(NotNow, match="reached"):
        await caller().call(Hook(server.url, SECRET), CALL)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://10.1.2.3/",
        "https://192.168.0.1:8443/",
        "https://172.16.9.9/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://[::ffff:127.0.0.1]/",
        "https://[2002:7f00:1::]/",
        "https://[fd00::1]/",
        "https://224.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "http://93.184.215.14/",
        "https://user@93.184.215.14/",
        "ftp://93.184.215.14/",
        "https:///nowhere",
        "https://host:port/",
    ],
)
async def test_nothing_inside_is_called(url: str) -> None:
    with pytest.raises(NotEver):
        await caller(private=False).call(Hook(url, SECRET), CALL)


async def test_an_address_outside_is_called_by_the_address_that_was_checked() -> None:
    found = await destination("https://93.184.215.14:8443/a/b?c=d#e", private=False)
    assert found == ("https", "93.184.215.14", 8443, "/a/b?c=d", "93.184.215.14")
