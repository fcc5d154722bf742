"""WebSockets as uvicorn has them, and one thing more: a text can be written to many of them without a task for each."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.protocol import State

WriteTexts = Callable[[bytes, Sequence[bytes], bytes], int]
"""Writes text messages, each with the same bytes before and after it; says how many, from the first on, were written: fewer than
all where the other side is slow, closing or gone."""
EXTENSION = "onrecord.frames"
"""The extension's name in the scope of an ASGI connection; it holds a WriteTexts under the name `texts`."""
TOGETHER = 65_536
"""Bytes that are written before it is looked again whether the other side takes more."""
TEXT = 0x81
"""FIN, and the opcode of text (RFC 6455, section 5.2)."""


class Frames(WebSocketsSansIOProtocol):
    """Offers that extension. A slow connection takes no more this way than its transport's limit; the rest waits its turn."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent:
            self.scope["extensions"][EXTENSION] = {"texts": self._write_texts}

    def _write_texts(self, before: bytes, texts: Sequence[bytes], after: bytes) -> int:
        written, around = 0, len(before) + len(after)
        while written < len(texts) and self._takes_more():
            parts: list[bytes] = []
            size = 0
            while written < len(texts) and size < TOGETHER:
                text = texts[written]
                parts += (head(around + len(text)), before, text, after)
                written, size = written + 1, size + len(text)
            self.transport.write(b"".join(parts))
        return written

    def _takes_more(self) -> bool:
        open_ = self.conn.state is State.OPEN and not self.close_sent and not self.transport.is_closing()
        return open_ and self.writable.is_set()


def head(length: int) -> bytes:
    """What stands before the payload of an unmasked text message."""
    if length < 126:
        return bytes((TEXT, length))
    if length < 65_536:
        return bytes((TEXT, 126)) + length.to_bytes(2, "big")
    return bytes((TEXT, 127)) + length.to_bytes(8, "big")


def write_texts(scope: Mapping[str, Any]) -> WriteTexts | None:
    """What the extension of a connection offers, if its server has it."""
    found: WriteTexts | None = (scope.get("extensions") or {}).get(EXTENSION, {}).get("texts")
    return found
