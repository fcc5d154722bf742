"""graphql-transport-ws as its specification has it, whatever a client sends."""

import json
from datetime import timedelta
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from interfaces.live import socket
from tests.live.clients import raw, talking
from tests.support.serving import Served

VIEWER = "{ viewer { name } }"


async def closes_with(served: Served, *messages: Any, protocol: str = "graphql-transport-ws", init: bool = False) -> int | None:
    """The code with which the connection is closed after these messages."""
    ann = await served.person("Ann")
    async with raw(served.url, protocol) as line:
        if init:
            await line.say(type="connection_init", payload={"token": ann.token})
            await line.hear()
        try:
            for message in messages:
                await line.connection.send(message if isinstance(message, str | bytes) else json.dumps(message))
        except ConnectionClosed:
            pass
        code, _ = await line.closed()
        return code


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("not JSON", 4400),
        (b"\x00\x01", 4400),
        ("[]", 4400),
        ("null", 4400),
        ('"text"', 4400),
        ({"no": "type"}, 4400),
        ({"type": 7}, 4400),
        ({"type": "start", "id": "1", "payload": {}}, 4400),
        ({"type": "subscribe", "id": 7, "payload": {"query": VIEWER}}, 4400),
        ({"type": "subscribe", "id": "", "payload": {"query": VIEWER}}, 4400),
        ({"type": "subscribe", "id": "1"}, 4400),
        ({"type": "subscribe", "id": "1", "payload": {"query": 7}}, 4400),
        ({"type": "subscribe", "id": "1", "payload": {"query": VIEWER, "variables": []}}, 4400),
        ({"type": "complete", "id": ["1"]}, 4400),
        ({"type": "connection_init"}, 4429),
        ("{" * 100_000, 4400),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_is_no_message_closes(shared: Served, message: Any, code: int) -> None:
    assert await closes_with(shared, message, init=True) == code


async def test_the_door(shared: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    subscribe = {"type": "subscribe", "id": "1", "payload": {"query": VIEWER}}
    assert await closes_with(shared, subscribe) == 4401
    assert await closes_with(shared, {"type": "connection_init", "payload": {"token": "forged"}}) == 4403
    assert await closes_with(shared, {"type": "connection_init"}) == 4403
    assert await closes_with(shared, {"type": "connection_init", "payload": []}) == 4400
    assert await closes_with(shared, protocol="graphql-ws") == 4406
    monkeypatch.setattr(socket, "INIT_SECONDS", 0.01)
    assert await closes_with(shared) == 4408


async def test_an_id_in_use(shared: Served) -> None:
    ann = await shared.person("Ann")
    where = (await ann.done("openChannel", "channel { id }", name="Here", visibility="PUBLIC"))["channel"]["id"]
    follow = f'subscription {{ messages(channel: "{where}") {{ __typename }} }}'
    async with talking(ann) as line:
        await line.follow("1", follow)
        await line.follow("1", follow)
        assert (await line.closed())[0] == 4409


async def test_errors_belong_to_their_operation(shared: Served) -> None:
    ann = await shared.person("Ann")
    async with talking(ann) as line:
        for key, query in (("syntax", "{"), ("unknown", "{ nothing }"), ("none", "fragment F on Query { viewer { name } }")):
            await line.follow(key, query)
            heard = await line.hear()
            assert (heard["type"], heard["id"]) == ("error", key)
            assert heard["payload"][0]["message"]
        await line.say(type="ping")
        assert await line.hear() == {"type": "pong"}
        await line.follow("good", VIEWER)
        assert await line.next("good") == {"viewer": {"name": "Ann"}}


async def test_mutations_too(shared: Served) -> None:
    ann = await shared.person("Ann")
    async with talking(ann) as line:
        query = (
            'mutation { openChannel(input: {name: "Here", visibility: PUBLIC}) { ... on OpenChannelDone { channel { name } } } }'
        )
        await line.follow("1", query)
        assert await line.next("1") == {"openChannel": {"channel": {"name": "Here"}}}


async def test_an_expired_token_closes(shared: Served) -> None:
    ann = await shared.person("Ann")
    where = (await ann.done("openChannel", "channel { id }", name="Here", visibility="PUBLIC"))["channel"]["id"]
    soon = shared.client(ann.person, timedelta(seconds=3))
    async with talking(soon) as line:
        await line.follow("1", "subscription ($c: ID!) { messages(channel: $c) { __typename } }", {"c": where})
        assert await line.closed() == (4403, "Token expired")
