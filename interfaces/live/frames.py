"""WebSockets as uvicorn has them, and one thing more: a text can be written to many of them without a task for each."""

from collections.abc import Callable, Mapping
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.protocol import State

WriteText = Callable[..., bool]
"""Writes one text message made of these bytes; False where the other side is slow, closing or gone, and nothing was written."""
EXTENSION = "onrecord.frames"
"""The extension's name in the scope of an ASGI connection; it holds a WriteText under the name `text`."""
TEXT = 0x81
"""FIN, and the opcode of text (RFC 6455, section 5.2)."""


class Frames(WebSocketsSansIOProtocol):
    """Offers that extension. A slow connection takes no more this way than its transport's limit; the rest waits its turn."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent:
            self.scope["extensions"][EXTENSION] = {"text": self._write_text}

    def _write_text(self, *parts: bytes) -> bool:
        if not self.writable.is_set() or self.close_sent or self.transport.is_closing() or self.conn.state is not State.OPEN:
            return False
        self.transport.write(b"".join((head(sum(map(len, parts))), *parts)))
        return True


def head(length: int) -> bytes:
    """What stands before the payload of an unmasked text message."""
    if length < 126:
        return bytes((TEXT, length))
    if length < 65_536:
        return bytes((TEXT, 126)) + length.to_bytes(2, "big")
    return bytes((TEXT, 127)) + length.to_bytes(8, "big")


def write_text(scope: Mapping[str, Any]) -> WriteText | None:
    """What the extension of a connection offers, if its server has it."""
    found: WriteText | None = (scope.get("extensions") or {}).get(EXTENSION, {}).get("text")
    return found
