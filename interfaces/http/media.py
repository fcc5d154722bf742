"""Media types and request bodies, as the GraphQL over HTTP specification has them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest

from interfaces.graphql.answers import Request
from interfaces.graphql.trusted import document_id

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
EVENTS = "text/event-stream"
BODY_LIMIT = 262_144
"""Bytes of a body that are read at most: the longest command, several times over."""


class NotUnderstood(Exception):
    """The HTTP request is no GraphQL request; `status` says in what way, the text in words."""

    def __init__(self, status: int, reason: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status, self.reason, self.headers = status, reason, headers or {}


def preferred(accept: str | None) -> str:
    """The media type to answer in, by the Accept header. Raises NotUnderstood (406) where none will do."""
    if not accept:
        return JSON
    best, quality = "", 0.0
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        offered = {"*/*": JSON, "application/*": JSON, "text/*": EVENTS}.get(name, name)
        weight = _quality(parameters)
        if offered in (GRAPHQL, JSON, EVENTS) and weight > quality and "charset" not in _foreign(parameters):
            best, quality = offered, weight
    if not best:
        raise NotUnderstood(406, f"Answers come as {GRAPHQL}, {JSON} or, for subscriptions, {EVENTS}.")
    return best


def _quality(parameters: list[str]) -> float:
    try:
        return next((float(p[2:]) for p in parameters if p.startswith("q=")), 1.0)
    except ValueError:
        return 0.0


def _foreign(parameters: list[str]) -> set[str]:
    """The parameters that ask for something else than what we write."""
    pairs = (p.partition("=") for p in parameters)
    return {name.strip() for name, _, value in pairs if name.strip() == "charset" and value.strip('" ') not in ("utf-8", "utf8")}


async def read_request(http: HttpRequest) -> Request:
    """The GraphQL request in an HTTP request. Raises NotUnderstood."""
    if http.method == "GET":
        return _from_url(http.url.query)
    kind, *parameters = (piece.strip().lower() for piece in http.headers.get("content-type", "").split(";"))
    if kind != JSON or _foreign(parameters):
        raise NotUnderstood(415, f"A request is sent as {JSON} in UTF-8.")
    return _request(_json(await _body(http), "The body"))


async def _body(http: HttpRequest) -> bytes:
    too_large = NotUnderstood(413, f"A request has at most {BODY_LIMIT} bytes.", {"Connection": "close"})
    said = http.headers.get("content-length", "0")
    if not said.isdigit() or int(said[:12]) > BODY_LIMIT:
        raise too_large
    pieces, size = [], 0
    try:
        async for piece in http.stream():
            size += len(piece)
            if size > BODY_LIMIT:
                raise too_large
            pieces.append(piece)
    except ClientDisconnect:
        raise NotUnderstood(400, "The body ended before it was whole.") from None
    return b"".join(pieces)


def _from_url(query: str) -> Request:
    try:
        given = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=10, errors="strict"))
    except ValueError:
        raise NotUnderstood(400, "The query of the URL can't be read.") from None
    parts: dict[str, Any] = {name: given[name] for name in ("query", "operationName", "documentId") if name in given}
    for name in ("variables", "extensions"):
        if given.get(name):
            parts[name] = _json(given[name].encode(), f"The parameter {name}")
    return _request(parts)


def _json(text: bytes, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise NotUnderstood(400, f"{what} is not JSON.") from None


def _request(body: Any) -> Request:
    if not isinstance(body, dict):
        raise NotUnderstood(400, "A request is one JSON object; batches are not taken.")
    query, variables, name = body.get("query"), body.get("variables"), body.get("operationName")
    for field, value in (("variables", variables), ("extensions", body.get("extensions"))):
        if value is not None and not isinstance(value, dict):
            raise NotUnderstood(400, f"The field {field} must be an object.")
    if name is not None and not isinstance(name, str):
        raise NotUnderstood(400, "The field operationName must be a string.")
    try:
        registered = document_id(body)
    except ValueError as error:
        raise NotUnderstood(400, str(error)) from None
    if (query is not None or registered is None) and (not isinstance(query, str) or not query):
        raise NotUnderstood(400, "The field query must hold the document, as a string, or documentId the id of a registered one.")
    return Request(query or "", variables or {}, name or None, registered)
