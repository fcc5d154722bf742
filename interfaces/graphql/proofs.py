"""Proofs of the sealed history, asked for beside the data: fields of the query's root that a service answers."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from graphql import GraphQLArgument, GraphQLField, GraphQLNonNull, GraphQLString

from interfaces.graphql import scalars


class Proofs(Protocol):
    """What the ledger proves to whoever may know of an event: those who acted in it, and primary administrators."""

    async def proof(self, viewer: UUID, position: int) -> str | None:
        """That an event is in the log, as a tlog-proof; None where it isn't sealed yet or isn't for the viewer."""
        ...

    async def receipt(self, viewer: UUID, position: int) -> str | None:
        """A signed promise to seal an event; None where there is none or it isn't for the viewer."""
        ...


class Answered(NamedTuple):
    """A field of the root that is answered by a service, with the viewer and a position of the log."""

    name: str
    call: Callable[[Proofs, UUID, int], Awaitable[str | None]]


def fields() -> dict[str, GraphQLField]:
    """The fields, for the root of queries."""
    return {
        "proof": _field(
            Answered("proof", lambda proofs, viewer, position: proofs.proof(viewer, position)),
            "That an event which you caused is in the sealed history, as a tlog-proof (c2sp.org/tlog-proof@v1) with its entry: "
            "`onrecord-verify` checks it anywhere. Null until it is sealed, about a second after it was recorded, and for "
            "events of others, unless you are a primary administrator.",
        ),
        "receipt": _field(
            Answered("receipt", lambda proofs, viewer, position: proofs.receipt(viewer, position)),
            "A signed promise that an event which you caused will be sealed. One whose event is in no checkpoint made after its "
            "time is evidence that the event was removed.",
        ),
    }


def _field(member: Answered, doc: str) -> GraphQLField:
    position = GraphQLArgument(GraphQLNonNull(scalars.POSITION), description="The event's position, as a mutation answers it.")
    extensions: dict[str, Any] = {"member": member, "model": None}
    return GraphQLField(GraphQLString, {"position": position}, description=doc, extensions=extensions)
