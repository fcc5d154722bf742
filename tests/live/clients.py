"""Clients that follow: over a WebSocket and over server-sent events, speaking the protocols by hand."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.support.serving import Client

PROTOCOL = "graphql-transport-ws"


class Conversation:
    """A connection, message by message."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(20):
            heard: dict[str, Any] = json.loads(await self.connection.recv(decode=True))
            return heard

    async def follow(self, key: str, query: str, variables: Mapping[str, Any] | None = None) -> None:
        await self.say(type="subscribe", id=key, payload={"query": query, "variables": dict(variables or {})})

    async def next(self, key: str) -> Any:
        """The data of the next answer of an operation."""
        heard = await self.hear()
        assert (heard["type"], heard["id"]) == ("next", key), heard
        assert "errors" not in heard["payload"], heard
        return heard["payload"]["data"]

    async def closed(self) -> tuple[int | None, str | None]:
        """The code and reason with which the server closes."""
        async with asyncio.timeout(20):
            await self.connection.wait_closed()
        return self.connection.close_code, self.connection.close_reason


@asynccontextmanager
async def raw(url: str, protocol: str = PROTOCOL) -> AsyncIterator[Conversation]:
    """A connection before anything was said."""
    address = url.replace("http://", "ws://") + "/graphql"
    async with connect(address, subprotocols=[protocol], proxy=None) as connection:  # type: ignore[list-item]  # a plain text
        yield Conversation(connection)


@asynccontextmanager
async def talking(client: Client) -> AsyncIterator[Conversation]:
    """A connection that was let in."""
    async with raw(client.served.url) as conversation:
        await conversation.say(type="connection_init", payload={"token": client.token})
        assert (await conversation.hear())["type"] == "connection_ack"
        yield conversation


async def events(client: Client, query: str, variables: Mapping[str, Any]) -> AsyncGenerator[tuple[str, Any], None]:
    """The server-sent events of one operation: their names and data."""
    body = {"query": query, "variables": dict(variables)}
    headers = {**client.headers, "Accept": "text/event-stream"}
    async with client.served.http.stream("POST", "/graphql", json=body, headers=headers) as response:
        assert response.headers["content-type"].startswith("text/event-stream"), await response.aread()
        name = ""
        async for line in response.aiter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data:"):
                text = line.removeprefix("data:").strip()
                yield name, json.loads(text) if text else None
