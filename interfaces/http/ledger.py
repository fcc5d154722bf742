"""The sealed history over HTTP, at the paths of C2SP tlog-tiles below wherever these routes are mounted."""

import gzip
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from application.ports.ledger import Ledger

MayReadEntries = Callable[[Request], Awaitable[bool]]
"""Whether whoever asks is an auditor: entries say who acted when, tiles and checkpoints say nothing."""

_FOR_EVER = "max-age=31536000, immutable"


def ledger_routes(ledger: Ledger, may_read_entries: MayReadEntries) -> list[Route]:
    """`checkpoint`, `tile/<level>/<number>[.p/<width>]` and, for auditors, `tile/entries/<number>[.p/<width>]`."""

    async def checkpoint(_: Request) -> Response:
        signed = await ledger.checkpoint()
        if signed is None:
            return _absent()
        return PlainTextResponse(signed, headers={"Cache-Control": "no-cache"})

    async def tile(request: Request) -> Response:
        path = request.path_params["path"]
        entries = path.startswith("entries/")
        if entries and not await may_read_entries(request):
            return PlainTextResponse("Entries are for auditors.\n", 403, headers={"Cache-Control": "no-store"})
        content = await ledger.resource(f"tile/{path}")
        if content is None:
            return _absent()
        headers = {"Cache-Control": f"{'private' if entries else 'public'}, {_FOR_EVER}", "Vary": "Accept-Encoding"}
        if entries and "gzip" in request.headers.get("accept-encoding", ""):
            content = gzip.compress(content, 6, mtime=0)
            headers["Content-Encoding"] = "gzip"
        return Response(content, media_type="application/octet-stream", headers=headers)

    return [Route("/checkpoint", checkpoint), Route("/tile/{path:path}", tile)]


def _absent() -> Response:
    # It may be there a second later.
    return PlainTextResponse("Not published.\n", 404, headers={"Cache-Control": "no-store"})
