"""A conversation as a file over HTTP, for an auditor whom a case opens it to.

GET /export/mattermost?channel=…&case=…[&asOf=position], with a token: JSON Lines, as they are read.
"""

from collections.abc import AsyncIterator
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from application.exports.conversation import Written
from interfaces.graphql.conversations.asking import NotAnswered
from interfaces.graphql.conversations.reading import Conversation
from interfaces.graphql.ids import LAST_POSITION, local_key
from interfaces.http.auth import Entrance
from interfaces.http.media import NotUnderstood
from projections.engine.members import MODELS
from projections.engine.progress import NotRegistered
from projections.engine.store import StoreUnavailable

STATUS = {
    "NO_CASE": 403,
    "NO_CHANNEL": 404,
    "NOT_ACTIVE": 403,
    "MODULE_OFF": 403,
    "AHEAD": 400,
    "UNAVAILABLE": 503,
    "NOT_YET": 503,
    "TOO_LONG": 503,
}


def export_route(entrance: Entrance, written: Written) -> Route:
    """The path, with what answers there: a format that `written` writes."""
    stored = [model for model in MODELS.values() if model.view is None]

    async def export(request: Request) -> Response:
        try:
            session, service = entrance.by_header(request.headers.get("authorization"))
            channel, case = (_id(request, name) for name in ("Channel", "Case"))
            position = _position(request) or await service.queries.progress.reached(stored)
            read = Conversation(service, session, case, channel, position)
            talk = await read.talk()
        except NotUnderstood as error:
            return JSONResponse({"error": "NotUnderstood", "explanation": error.reason}, error.status, dict(error.headers))
        except NotAnswered as error:
            return JSONResponse({"error": error.code, "explanation": str(error)}, STATUS.get(error.code, 500))
        except (StoreUnavailable, NotRegistered):
            return JSONResponse({"error": "UNAVAILABLE", "explanation": "Try again in a moment."}, 503)
        headers = {"Content-Disposition": 'attachment; filename="export.jsonl"', "Cache-Control": "no-store"}
        return StreamingResponse(_sent(written(talk, read.posts())), media_type="application/jsonl", headers=headers)

    return Route("/export/mattermost", export, methods=["GET"])


async def _sent(lines: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The lines together, in pieces that are worth sending. Where reading ends early, so does the answer, without its end."""
    held = bytearray()
    async for line in lines:
        held += line
        if len(held) >= 1 << 16:
            yield bytes(held)
            held.clear()
    yield bytes(held)


def _id(request: Request, kind: str) -> UUID:
    found = local_key(request.query_params.get(kind.lower(), ""), kind)
    if found is None:
        raise NotUnderstood(400, f"`{kind.lower()}` must be the id of a {kind}.")
    return found


def _position(request: Request) -> int | None:
    text = request.query_params.get("asOf")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 20 and 0 < int(text) <= LAST_POSITION):
        raise NotUnderstood(400, "`asOf` must be a position.")
    return int(text)
