"""The least that a server does to tell many: a text comes by POST, and goes as it is to every socket that follows its channel.

Nobody's rights are looked at, and nothing is kept. `python -m tests.benchmarks.fanout_plain LENGTH` prints its address; what it
sends is as long as that, and looks to a client as what the product sends.
"""

import sys
from collections import defaultdict
from datetime import UTC, datetime

import orjson
import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from interfaces.http.server import listen, url_of

Followers = dict[str, dict[WebSocket, str]]


def plain(length: int) -> Starlette:
    """The application."""
    followers: Followers = defaultdict(dict)
    said = 0

    async def post(request: Request) -> JSONResponse:
        nonlocal said
        said += 1
        channel, now = orjson.loads(await request.body())["variables"]["channel"], datetime.now(UTC).isoformat()
        for websocket, key in followers[channel].items():
            text = f'{{"id":"{key}","position" : "{said}","sentAt" : "{now}","text":"'
            await websocket.send_text(f'{text:.<{length - 2}}"}}')
        return JSONResponse({"data": {"postMessage": {"position": str(said)}}})

    async def follow(websocket: WebSocket) -> None:
        await websocket.accept("graphql-transport-ws")
        await websocket.receive_text()
        await websocket.send_text("let in")
        try:
            while True:
                message = orjson.loads(await websocket.receive_text())
                if message["type"] == "ping":
                    await websocket.send_text("pong")
                    continue
                followers[message["payload"]["variables"]["channel"]][websocket] = message["id"]
        except WebSocketDisconnect:
            for all_ in followers.values():
                all_.pop(websocket, None)

    return Starlette(routes=[Route("/graphql", post, methods=["POST"]), WebSocketRoute("/graphql", follow)])


async def main(length: int) -> None:
    listening = listen("127.0.0.1", 22_000, exactly=False)
    print(url_of(listening), flush=True)
    config = uvicorn.Config(
        plain(length), http="httptools", ws="websockets-sansio", ws_per_message_deflate=False, log_config=None, access_log=False
    )
    await uvicorn.Server(config).serve([listening])


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
