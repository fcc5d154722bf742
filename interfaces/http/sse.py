"""Server-Sent Events, as GraphQL over SSE has them in its distinct connections mode: one operation per connection."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

from starlette.responses import StreamingResponse

from interfaces.http.media import EVENTS
from interfaces.http.metrics import Metrics
from interfaces.live.endings import Interrupted

COMMENT = b":\n\n"
HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent, so that nothing on the way takes the connection for dead."""


def event_stream(answers: AsyncGenerator[bytes, None], metrics: Metrics) -> StreamingResponse:
    """An operation's answers as events, ended by `complete`. Lines end with LF alone, which every client splits on.

    Where the token expires or the server stops, it breaks off without `complete`: clients take that for a lost connection,
    and resume with a new one.
    """
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(answers, metrics), media_type=EVENTS, headers=headers)


async def _events(answers: AsyncGenerator[bytes, None], metrics: Metrics) -> AsyncGenerator[bytes, None]:
    sockets = metrics.sockets.labels("sse")
    sockets.inc()
    try:
        yield COMMENT
        async with aclosing(answers), aclosing(_with_heartbeats(answers)) as events:
            async for event in events:
                yield event
                if event != COMMENT:
                    metrics.delivered.inc()
        yield b"event: complete\ndata:\n\n"
    except Interrupted:
        return
    finally:
        sockets.dec()


async def _with_heartbeats(answers: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Each answer as an event, and a comment whenever none came for a while."""
    while True:
        upcoming = asyncio.ensure_future(anext(answers))
        try:
            while not (await asyncio.wait({upcoming}, timeout=HEARTBEAT))[0]:
                yield COMMENT
            answer = upcoming.result()
        except StopAsyncIteration:
            return
        finally:
            # A generator can be closed only when nobody waits for its next value any more.
            if not upcoming.done():
                upcoming.cancel()
                with suppress(asyncio.CancelledError):
                    await upcoming
        yield b"event: next\ndata: " + answer + b"\n\n"
