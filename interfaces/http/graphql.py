"""GraphQL over HTTP: POST, GET for queries, and Server-Sent Events for whoever asks for them."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from hashlib import sha256
from uuid import uuid4

import orjson
import structlog
from graphql import OperationType
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from interfaces.graphql.answers import Answer, Session
from interfaces.graphql.service import Checked, Service
from interfaces.http.auth import Entrance
from interfaces.http.media import EVENTS, GRAPHQL, NotUnderstood, preferred, read_request
from interfaces.http.metrics import Metrics
from interfaces.http.sse import event_stream

log = structlog.get_logger("http")

METHODS = ("GET", "POST")


class GraphQLEndpoint:
    """The endpoint of all organisations."""

    def __init__(self, entrance: Entrance, metrics: Metrics) -> None:
        self.entrance, self.metrics = entrance, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The endpoint as an ASGI application."""
        response = await self.handle(HttpRequest(scope, receive, send))
        await response(scope, receive, send)

    async def handle(self, http: HttpRequest) -> Response:
        """Answers a request, or says in the right media type and status why it can't be answered."""
        media = GRAPHQL
        try:
            _check_method(http.method)
            media = preferred(http.headers.get("accept"))
            session, service = self.entrance.by_header(http.headers.get("authorization"))
            request = await read_request(http)
            checked = service.check(request)
            if isinstance(checked, Answer):
                checked = await service.unreadable(checked, session)
            answer = await self._answer(http.method, media, service, checked, session)
            if isinstance(answer, Response):
                return answer
        except NotUnderstood as error:
            self.metrics.refused.labels(str(error.status)).inc()
            body = orjson.dumps({"errors": [{"message": error.reason}]})
            kind = GRAPHQL if media == EVENTS else media
            return Response(body, error.status, dict(error.headers), media_type=f"{kind}; charset=utf-8")
        return Response(answer.encoded(), _status(answer, media), _charged(answer), media_type=f"{media}; charset=utf-8")

    async def _answer(
        self, method: str, media: str, service: Service, checked: Checked | Answer, session: Session
    ) -> Answer | Response:
        if isinstance(checked, Answer):
            # Whoever reads events takes any other answer for a lost connection, and would ask again and again.
            return event_stream(_one(checked), self.metrics) if media == EVENTS else checked
        if method == "GET" and checked.kind is OperationType.MUTATION:
            raise NotUnderstood(405, "A mutation is sent by POST.", {"Allow": "POST"})
        if media == EVENTS:
            return event_stream(_here(service, checked, session), self.metrics)
        if checked.kind is OperationType.SUBSCRIPTION:
            raise NotUnderstood(406, f"A subscription comes as {EVENTS}, or over a WebSocket.")
        return await self._execute(service, checked, session)

    async def _execute(self, service: Service, checked: Checked, session: Session) -> Answer:
        began = time.perf_counter()
        answer = await service.execute(checked, session)
        seconds = time.perf_counter() - began
        outcome = str(answer.status) if answer.status else "errors" if answer.errors else "ok"
        self.metrics.operations.labels(checked.kind.value, outcome).observe(seconds)
        log.info(
            "operation",
            kind=checked.kind.value,
            name=checked.definition.name.value if checked.definition.name else None,
            document=sha256(checked.document.text.encode()).hexdigest()[:16],
            organisation=session.organisation,
            viewer=str(session.viewer),
            outcome=outcome,
            cost=answer.charge.cost if answer.charge else None,
            ms=round(seconds * 1000, 1),
        )
        return answer


async def _here(service: Service, checked: Checked, session: Session) -> AsyncGenerator[bytes, None]:
    """An operation's answers; whoever follows is here meanwhile."""
    connection = uuid4()
    if checked.kind is OperationType.SUBSCRIPTION:
        service.arrived(session, connection)
    try:
        async with aclosing(service.stream(checked, session)) as answers:
            async for answer in answers:
                yield answer
    finally:
        service.left(session, connection)


async def _one(answer: Answer) -> AsyncGenerator[bytes, None]:
    yield answer.encoded()


def _check_method(method: str) -> None:
    if method not in METHODS:
        raise NotUnderstood(405, "A request is sent by GET or POST.", {"Allow": ", ".join(METHODS)})


def _charged(answer: Answer) -> dict[str, str]:
    """What the operation cost, and what is left (draft-ietf-httpapi-ratelimit-headers)."""
    if answer.charge is None:
        return {}
    cost, remaining, limit, reset, seconds = answer.charge
    headers = {
        "Operation-Cost": str(cost),
        "RateLimit-Policy": f'"viewer";q={limit};w={seconds}',
        "RateLimit": f'"viewer";r={remaining};t={reset}',
    }
    return headers | {"Retry-After": str(reset)} if answer.status == 429 else headers


def _status(answer: Answer, media: str) -> int:
    """As the specification has it: the older media type says 200 to every well-formed request."""
    if answer.status is not None:
        return answer.status
    return 400 if media == GRAPHQL and not answer.begun else 200
