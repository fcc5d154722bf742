"""The way in for guests over HTTP: invitations for those who may invite, and codes for those who have no token yet.

POST /guests/invitations   {"channel" or "resource", "uses", "until", "guestsUntil", "viewOnly", "reason", "sendTo"}, with a token
POST /guests               {"code", "name", "email", "organisation"}: makes a guest, and answers with their token
POST /guests/codes         {"person", "send"}, with a token of who invited them: a code to sign in again, good once
POST /guests/letters       {"person", "organisation"}: sends the guest such a code, to the address that they came with
POST /guests/tokens        {"person", "code", "organisation"}: signs a guest in again
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from application.guest_letters import NotSent
from application.guests import GuestDesk, LetIn, Made, TooManyAttempts
from application.ports.log import ClockJumped, CommandIdReused, LogUnavailable
from application.ports.notifications import NotEver, NotNow
from domain.access.ids import ResourceId
from domain.directory.commands.limits import ADDRESS, EMAIL, NAME
from domain.kernel.events import Context
from domain.kernel.identifiers import PersonId
from domain.kernel.refusals import NotFound, Refusal
from domain.messaging.ids import ChannelId
from interfaces.graphql.answers import Session
from interfaces.graphql.ids import global_id, local_key, read_id
from interfaces.graphql.results import explanation
from interfaces.http.auth import Entrance
from interfaces.http.media import NotUnderstood
from interfaces.http.tokens import LIFETIME, LocalIssuer

BODY_LIMIT, CODE = 4_096, 200
"""Longest body, in bytes, and longest code that is looked at, in characters."""


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True)

    command_id: UUID = Field(default_factory=uuid4)


class _Invite(_Body):
    channel: str | None = None
    resource: str | None = None
    uses: int | None = 1
    until: datetime | None = None
    guests_until: datetime | None = None
    view_only: bool = False
    reason: str
    send_to: str | None = Field(default=None, max_length=EMAIL, pattern=ADDRESS)


class _Come(_Body):
    organisation: str = "main"
    code: str = Field(max_length=CODE)
    name: str = Field(max_length=NAME)
    email: str | None = Field(default=None, max_length=EMAIL)


class _Again(_Body):
    person: str
    send: bool = False


class _Letter(_Body):
    organisation: str = "main"
    person: str


class _SignIn(_Body):
    organisation: str = "main"
    person: str
    code: str = Field(max_length=CODE)


class GuestEntrance:
    """Answers these requests for all organisations served here."""

    def __init__(self, entrance: Entrance, desks: Mapping[str, GuestDesk], issuer: LocalIssuer) -> None:
        self.entrance, self.desks, self.issuer = entrance, desks, issuer

    def routes(self) -> list[Route]:
        """The paths, each with what answers there."""
        paths: dict[str, Callable[[Request], Awaitable[Response]]] = {
            "/guests": self._come,
            "/guests/invitations": self._invite,
            "/guests/codes": self._offer,
            "/guests/letters": self._send,
            "/guests/tokens": self._sign_in,
        }
        return [Route(path, _guarded(answer), methods=["POST"]) for path, answer in paths.items()]

    async def _invite(self, request: Request) -> Response:
        session, desk = self._inside(request)
        asked = _Invite.model_validate(await _json(request))
        channel, found = asked.channel and local_key(asked.channel, "Channel"), asked.resource and read_id(asked.resource)
        terms = asked.model_dump(include={"uses", "until", "guests_until", "view_only", "reason"})
        if channel:
            to: ChannelId | ResourceId = ChannelId(channel)
        elif found:
            to, terms["anything"] = ResourceId(found.key), True
        else:
            return _refused(NotFound(kind="Channel"))
        made = await desk.invite(session.viewer, asked.command_id, _context(session), to, asked.send_to, **terms)
        return _made(made, "invitation", "Invitation")

    async def _offer(self, request: Request) -> Response:
        session, desk = self._inside(request)
        asked = _Again.model_validate(await _json(request))
        guest = local_key(asked.person, "Person")
        if guest is None:
            return _refused(NotFound(kind="Person"))
        made = await desk.offer(session.viewer, asked.command_id, _context(session), PersonId(guest), send=asked.send)
        return _made(made, "person", "Person")

    async def _send(self, request: Request) -> Response:
        """Answered alike whoever is named: nobody learns by it who is a guest here."""
        asked = _Letter.model_validate(await _json(request))
        guest = local_key(asked.person, "Person")
        if guest is None:
            return _refused(NotFound(kind="Person"))
        wait = await self._desk(asked.organisation).send_code(PersonId(guest), _address(request))
        return _refused(TooManyAttempts(), wait) if wait else JSONResponse({}, 202)

    async def _come(self, request: Request) -> Response:
        asked = _Come.model_validate(await _json(request))
        desk = self._desk(asked.organisation)
        let_in = await desk.redeem(asked.code, asked.name, asked.email, asked.command_id, _address(request))
        return self._token(let_in, asked.organisation)

    async def _sign_in(self, request: Request) -> Response:
        asked = _SignIn.model_validate(await _json(request))
        guest = local_key(asked.person, "Person")
        if guest is None:
            return _refused(NotFound(kind="Person"))
        let_in = await self._desk(asked.organisation).sign_in(PersonId(guest), asked.code, _address(request))
        return self._token(let_in, asked.organisation)

    def _token(self, let_in: LetIn, organisation: str) -> Response:
        """The token ends with the guest, or after as long as any token is good for."""
        if let_in.person is None:
            return _refused(let_in.refusal or NotFound(kind="Guest"), let_in.wait)
        now = self.entrance.tokens.now()
        lifetime = LIFETIME if let_in.until is None else min(LIFETIME, max(let_in.until - now, timedelta(seconds=1)))
        return JSONResponse(
            {
                "person": global_id("Person", let_in.person),
                "token": self.issuer.issue(let_in.person, organisation, lifetime, now),
                "expires": (now + lifetime).isoformat(),
            },
            headers={"Cache-Control": "no-store"},
        )

    def _inside(self, request: Request) -> tuple[Session, GuestDesk]:
        session, _ = self.entrance.by_header(request.headers.get("authorization"))
        return session, self.desks[session.organisation]

    def _desk(self, organisation: str) -> GuestDesk:
        try:
            return self.desks[organisation]
        except KeyError:
            raise NotUnderstood(404, "There is no such organisation.") from None


def _guarded(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def guarded(request: Request) -> Response:
        try:
            return await answer(request)
        except NotUnderstood as error:
            return JSONResponse({"error": "NotUnderstood", "explanation": error.reason}, error.status, dict(error.headers))
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            said = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
            return JSONResponse({"error": "InvalidInput", "explanation": said}, 400)
        except CommandIdReused:
            return JSONResponse({"error": "CommandIdReused", "explanation": "That commandId was for something else."}, 409)
        except NotEver:
            return _refused(NotSent())
        except (LogUnavailable, ClockJumped, NotNow):
            return JSONResponse({"error": "TryAgain", "explanation": "It can't be done now."}, 503)

    return guarded


async def _json(request: Request) -> Any:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise NotUnderstood(413, f"A request has at most {BODY_LIMIT} bytes.")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise NotUnderstood(400, "The body must be JSON.") from None


def _made(made: Made, name: str, type_name: str) -> Response:
    if made.outcome.refusal is not None:
        return _refused(made.outcome.refusal)
    told = {name: global_id(type_name, made.of), "position": str(made.outcome.position)}
    told |= {"code": made.code} if made.code is not None else {}
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


def _refused(refusal: Refusal, wait: float = 0.0) -> Response:
    told = {"error": type(refusal).__name__, "explanation": explanation(type(refusal))}
    if isinstance(refusal, TooManyAttempts):
        return JSONResponse(told, 429, {"Retry-After": str(int(wait) + 1)})
    return JSONResponse(told, 404 if isinstance(refusal, NotFound) else 403)


def _context(session: Session) -> Context:
    return Context(client=session.client, session=session.session)


def _address(request: Request) -> str:
    return request.client.host if request.client else "nowhere"
