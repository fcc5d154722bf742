"""A WebSocket client that mostly listens, as cheaply as it can: what a load uses, it takes from the server beside it."""

import asyncio
import json
import os
import time
from base64 import b64encode
from typing import NamedTuple, cast
from urllib.parse import urlsplit

FINAL, MASKED = 0x80, 0x80
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
MASK = bytes(4)
"""A mask that changes nothing (RFC 6455 wants an unforeseeable one, for the sake of proxies on the way)."""


class Heard(NamedTuple):
    """A text, and when it was read from the socket, in seconds since 1970."""

    at: float
    text: bytes


class Line(asyncio.Protocol):
    """A connection. `heard` holds what came, to be looked at when there is time."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.rest = b""
        self.shaken = False
        self.waiting: asyncio.Future[None] | None = None
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        now = time.time()
        data = self.rest + data if self.rest else data
        if not self.shaken:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self.rest = head
                return
            assert head.startswith(b"HTTP/1.1 101 "), head
            self.shaken = True
        start, held = 0, len(data)
        while start + 2 <= held:
            length, at = data[start + 1], start + 2
            if length == 126:
                length, at = int.from_bytes(data[at : at + 2], "big"), at + 2
            elif length == 127:
                length, at = int.from_bytes(data[at : at + 8], "big"), at + 8
            if at + length > held:
                break
            self._frame(data[start] & 0xF, data[at : at + length], now)
            start = at + length
        self.rest = data[start:]
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_result(None)

    def _frame(self, kind: int, payload: bytes, now: float) -> None:
        if kind == TEXT:
            self.heard.append(Heard(now, payload))
        elif kind == PING:
            self._send(PONG, payload)
        elif kind == CLOSE:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self.ended.set_result(None)
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_result(None)

    def _send(self, kind: int, payload: bytes) -> None:
        length = len(payload)
        size = bytes((MASKED | length,)) if length < 126 else bytes((MASKED | 126,)) + length.to_bytes(2, "big")
        self.transport.write(bytes((FINAL | kind,)) + size + MASK + payload)

    def say(self, **message: object) -> None:
        """Sends a message."""
        self._send(TEXT, json.dumps(message).encode())

    async def first(self) -> bytes:
        """The first text, taken from what was heard."""
        while not self.heard:
            await self.news()
        return self.heard.pop(0).text

    async def news(self) -> None:
        """Waits until something has come."""
        assert not self.ended.done(), "the other side has closed"
        self.waiting = asyncio.get_running_loop().create_future()
        await self.waiting

    async def close(self) -> None:
        """Says goodbye, and waits until the other side has ended it too."""
        if not self.transport.is_closing():
            self._send(CLOSE, (1000).to_bytes(2, "big"))
        await self.ended


async def connected(url: str, subprotocol: str) -> Line:
    """A connection to the path /graphql of a server."""
    address = urlsplit(url)
    assert address.hostname
    assert address.port
    _, line = await asyncio.get_running_loop().create_connection(Line, address.hostname, address.port)
    fields = {
        "Host": address.netloc,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": subprotocol,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    line.transport.write(f"GET /graphql HTTP/1.1\r\n{head}\r\n".encode())
    while not line.shaken:
        await line.news()
    return line
