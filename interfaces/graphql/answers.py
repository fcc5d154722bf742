"""What is asked of the API and what comes of it, whatever it came in by."""

import traceback
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import orjson
import structlog
from graphql import GraphQLError

from domain.kernel.identifiers import PersonId

log = structlog.get_logger("graphql")


class Request(NamedTuple):
    """One GraphQL request as it was sent: with the document, or the id of one that was registered, or both."""

    query: str
    variables: Mapping[str, Any] = {}
    operation_name: str | None = None
    document_id: str | None = None


class Session(NamedTuple):
    """Who asks, for which organisation, through what, and until when."""

    viewer: PersonId
    organisation: str = "main"
    expires: datetime = datetime.max.replace(tzinfo=UTC)
    session: UUID | None = None
    client: str | None = None


class Charge(NamedTuple):
    """What an operation cost its viewer, what is left of the `limit` of so many seconds, and when all of it is again."""

    cost: int
    remaining: int
    limit: int
    reset: int
    seconds: int

    def told(self) -> dict[str, int]:
        """As clients see it, where there are no headers."""
        return {"cost": self.cost, "remaining": self.remaining, "limit": self.limit, "reset": self.reset}


class Answer(NamedTuple):
    """What came of a request. `begun` says whether execution began; if it did not, there is no data at all.

    `status`: the HTTP status, where neither success nor a fault of the request's says it. `charge`: where it was counted.
    """

    data: Any
    errors: Sequence[GraphQLError] = ()
    begun: bool = True
    status: int | None = None
    charge: Charge | None = None

    def encoded(self, *, charged: bool = False) -> bytes:
        """The response as JSON: errors first, as the specification advises. `charged`: with what it cost, as an extension."""
        body: dict[str, Any] = {}
        if self.errors:
            body["errors"] = [shown(error) for error in self.errors]
        if self.begun:
            body["data"] = self.data
        if charged and self.charge:
            body["extensions"] = {"cost": self.charge.told()}
        return orjson.dumps(body)


def refused(*errors: GraphQLError) -> Answer:
    """The answer to a request whose execution never began."""
    return Answer(None, errors, begun=False)


def of_fault(error: BaseException) -> Mapping[str, Any]:
    """What the log says of a fault: its kind and where it came from. Its text may hold what somebody wrote, so it is left out."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return {"error": type(error).__name__, "at": [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames]}


def shown(error: GraphQLError) -> Mapping[str, Any]:
    """An error as clients see it. What only we should know of a fault is in the log, under the reference shown."""
    cause = error.original_error
    if cause is None or isinstance(cause, GraphQLError):
        return error.formatted
    reference = uuid4().hex[:12]
    log.error("fault", reference=reference, path=error.path, **of_fault(cause))
    masked = GraphQLError("Something went wrong on our side.", nodes=error.nodes, path=error.path)
    return {**masked.formatted, "extensions": {"code": "FAULT", "reference": reference}}
