"""A witness over HTTP, to be run by somebody other than the log's operator."""

import asyncio
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from infra.ledger.cosignature import cosign
from infra.ledger.keys import SigningKey
from infra.ledger.witness.judgement import Consistent, Logs, Refused, Stale, identify, judge
from infra.ledger.witness.protocol import LONGEST, SIZE_TYPE
from infra.ledger.witness.store import Heads


def witness(key: SigningKey, logs: Logs, heads: Heads, seconds: Callable[[], int]) -> Starlette:
    """The application: POST /add-checkpoint. `seconds` is the time since 1970, which cosignatures carry."""

    def answer(body: bytes) -> Response:
        request = identify(body, logs)
        if isinstance(request, Refused):
            return _response(request)
        # Whoever loses the race for the head is judged again, by the one that won.
        while True:
            latest = heads.latest(request.checkpoint.origin)
            judged = judge(request, latest)
            if not isinstance(judged, Consistent):
                return _response(judged)
            if heads.advance(judged.after, request.checkpoint):
                return PlainTextResponse(str(cosign(request.signed.text, key, seconds())))

    async def add_checkpoint(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return _response(Refused(400, f"a request has at most {LONGEST} bytes"))
        return await asyncio.to_thread(answer, body)

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"])])


def _response(judged: Refused | Stale) -> Response:
    if isinstance(judged, Stale):
        return Response(f"{judged.size}\n", 409, headers={"Content-Type": SIZE_TYPE})
    return PlainTextResponse(f"{judged.reason}\n", judged.status)


async def _body(request: Request) -> bytes | None:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST:
            return None
    return bytes(body)
