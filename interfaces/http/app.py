"""The HTTP application: GraphQL, its page for developers, and what operators ask."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.requests import Request
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from application.exports.conversation import Written
from application.guests import GuestDesk
from application.ports.ledger import Ledger
from domain.kernel.identifiers import PersonId
from interfaces.graphql.answers import Session
from interfaces.graphql.service import Service
from interfaces.http import page
from interfaces.http.auth import Entrance
from interfaces.http.exports import export_route
from interfaces.http.graphql import GraphQLEndpoint
from interfaces.http.guests import GuestEntrance
from interfaces.http.ledger import ledger_routes
from interfaces.http.media import NotUnderstood
from interfaces.http.metrics import Metrics
from interfaces.http.tokens import LocalIssuer, Tokens
from interfaces.live.socket import Socket

Check = Callable[[], Awaitable[str | None]]
"""Says what is not ready, or None."""
CHECK_SECONDS = 2.0
GRAPHQL = "/graphql"


class PublicLedger(NamedTuple):
    """A sealed history, and who may read its entries, which say who acted when."""

    ledger: Ledger
    may_audit: Callable[[PersonId], Awaitable[bool]]


class Guests(NamedTuple):
    """How guests get in, by organisation, and what issues their tokens."""

    desks: Mapping[str, GuestDesk]
    issuer: LocalIssuer


class Application(FastAPI):
    """Takes GraphQL requests straight to their endpoint, which answers faults itself.

    What middlewares and routes do on the way costs a fifth of a short answer, and they have nothing to say to these.
    """

    graphql: GraphQLEndpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == GRAPHQL:
            await self.graphql(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(
    services: Mapping[str, Service],
    tokens: Tokens,
    registry: CollectorRegistry,
    checks: Mapping[str, Check],
    ledgers: Mapping[str, PublicLedger] | None = None,
    guests: Guests | None = None,
    exports: Written | None = None,
) -> Application:
    """The application over organisations' services and ledgers. `checks` by name decide whether it is ready for requests;
    `exports` writes conversations as files."""
    app = Application(title="OnRecord", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.services = tuple(services.values())
    metrics = Metrics(registry)
    entrance = Entrance(tokens, services)
    app.graphql = GraphQLEndpoint(entrance, metrics)
    # Plain routes: what FastAPI does for parameters and responses would cost as much again as the answer itself.
    app.router.routes += [
        Route(GRAPHQL, app.graphql),
        WebSocketRoute(GRAPHQL, _socket(entrance, metrics)),
        *page.routes(),
        *(GuestEntrance(entrance, guests.desks, guests.issuer).routes() if guests else ()),
        *((export_route(entrance, exports),) if exports else ()),
        *(_ledger(name, ledger, entrance) for name, ledger in (ledgers or {}).items()),
    ]
    _add_operations(app, registry, checks)
    return app


def _ledger(name: str, public: PublicLedger, entrance: Entrance) -> Mount:
    """The sealed history of an organisation, at the paths of C2SP tlog-tiles below /ledger/<organisation>."""

    async def may_read_entries(request: Request) -> bool:
        try:
            session, _ = entrance.by_header(request.headers.get("authorization"))
        except NotUnderstood:
            return False
        return session.organisation == name and await public.may_audit(session.viewer)

    return Mount(f"/ledger/{name}", routes=ledger_routes(public.ledger, may_read_entries))


def _socket(entrance: Entrance, metrics: Metrics) -> Callable[[WebSocket], Awaitable[None]]:
    def let_in(token: str) -> tuple[Session, Service]:
        try:
            return entrance.by_token(token)
        except NotUnderstood as error:
            raise LookupError(error.reason) from None

    async def serve(websocket: WebSocket) -> None:
        with metrics.sockets.labels("websocket").track_inprogress():
            await Socket(websocket, let_in, entrance.tokens.now, metrics.delivered.inc).serve()

    return serve


def _add_operations(app: FastAPI, registry: CollectorRegistry, checks: Mapping[str, Check]) -> None:
    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @app.get("/readyz")
    async def readyz() -> Response:
        """Everything that requests need is there."""
        found = dict(zip(checks, await asyncio.gather(*(_state(check) for check in checks.values())), strict=True))
        ready = all(state == "ok" for state in found.values())
        return JSONResponse({"status": "ok" if ready else "not ready", "checks": found}, 200 if ready else 503)

    @app.get("/metrics")
    async def prometheus() -> Response:
        """Metrics in Prometheus's text format."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


async def _state(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check() or "ok"
    except Exception as error:  # noqa: BLE001 (whatever goes wrong with a check is what it found)
        return f"failed: {type(error).__name__}"
