"""From events to rows of the log: identifiers, authority, what was decided on, and sealed payloads."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec

from application.ports.clock import Identifiers
from application.ports.codec import Codec
from application.ports.log import NewRow
from application.sealing import Sealing
from domain.kernel.events import Context, Event
from domain.kernel.identifiers import PersonId

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """Whole microseconds since 1970, without a float on the way."""
    return (moment - EPOCH) // MICROSECOND


def moment(microseconds: int) -> datetime:
    """The moment that so many microseconds since 1970 name, in UTC."""
    return EPOCH + timedelta(microseconds=microseconds)


class Asked(NamedTuple):
    """Who asks, under which id, in which chain of causes, through what. `at` is given for what is imported only.

    `on_behalf_of`: the actor asks for that person, who is the one that the rule is asked for and that it is decided for.
    """

    actor: PersonId
    command_id: UUID
    context: Context = Context()
    on_behalf_of: PersonId | None = None
    correlation_id: UUID | None = None
    causation_id: UUID | None = None
    at: datetime | None = None


class Fact(msgspec.Struct, frozen=True, gc=False):
    """An event on its way into the log: where it happened, and, if imported, when, by whom, and under which id."""

    stream: str
    event: Event
    at: datetime | None = None
    on_behalf_of: PersonId | None = None
    id: UUID | None = None


def rows(
    happened: Sequence[Fact],
    guards: Mapping[str, int],
    asked: Asked,
    context: Context,
    sealing: Sealing,
    codec: Codec,
    new_id: Identifiers,
    now: datetime,
) -> list[NewRow]:
    """The rows of one act, each stream going on from the version of its guard. `context` is theirs in place of what was asked."""
    versions = dict(guards)
    own = None if context.address is None else sealing.find_key(asked.actor, "access", now)
    correlation = asked.correlation_id or asked.command_id
    made: list[NewRow] = []
    for fact in happened:
        stream, event, at = fact.stream, fact.event, fact.at
        version = versions[stream] = versions[stream] + 1
        made.append(
            NewRow(
                fact.id or new_id(),
                stream,
                version,
                event.wire,
                asked.actor,
                fact.on_behalf_of,
                asked.command_id,
                correlation,
                asked.causation_id,
                codec.encode_context(context, stream, version, event.wire, own),
                codec.encode(event, stream, version, sealing.key_for(event.retention, at or now)),
                None if at is None else microseconds(at),
            )
        )
    return made


def decided(context: Context, **more: object) -> Context:
    """The context with what only the decision knows."""
    return msgspec.structs.replace(context, **more)
