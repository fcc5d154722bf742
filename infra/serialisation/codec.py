"""The codec: events and contexts as JSON bytes, personal values sealed in their places."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import asdict, astuple

from application.ports.codec import UNOPENED, CannotBeStored, DamagedEvent, KeyFor, Parsed, TooLarge, UnknownEvent
from application.ports.keys import BoxDamaged, DataKey
from application.ports.log import PAYLOAD_LIMIT, Row
from domain.kernel.events import CATALOGUE, Context, Event, Purged, Recorded
from domain.kernel.personal import Erased, Sealed
from domain.kernel.upcasts import UPCASTS
from infra.serialisation import contexts, older
from infra.serialisation.places import place, seal
from infra.serialisation.plans import Box, Plan, key_of, plan_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ENCODE = msgspec.json.Encoder().encode
_ERASED = Erased()
_NO_KEYS: tuple[UUID, ...] = ()
_NOTHING: Mapping[str, UUID] = MappingProxyType({})
_UNREADABLE = (msgspec.MsgspecError, BoxDamaged, LookupError, ValueError, TypeError, AttributeError)
"""What a damaged row, or an upcast that doesn't fit it, can raise."""


class JsonCodec:
    """Fulfils application.ports.codec.Codec. It has no state: one serves all organisations."""

    def owners(self, event: Event) -> Sequence[UUID]:
        """Whose keys the personal values need, perhaps twice. Absent values (None) are sealed as well: it tells something."""
        return tuple([getattr(event, name) for name in plan_of(type(event)).owners])

    def encode(self, event: Event, stream: str, version: int, key_for: KeyFor) -> bytes:
        """The payload's JSON. Raises CannotBeStored."""
        plan = plan_of(type(event))
        try:
            body = _ENCODE(_sealed(plan, event, stream, version, key_for) if plan.sealed else event)
        except UnicodeEncodeError:
            raise CannotBeStored(f"{plan.wire}: {_not_unicode(event)} isn't Unicode (a lone surrogate)") from None
        if len(body) > PAYLOAD_LIMIT:
            raise TooLarge(f"{plan.wire}: the payload has {len(body)} bytes, and the log takes {PAYLOAD_LIMIT}")
        return body

    def encode_context(self, context: Context, stream: str, version: int, wire: str, key: DataKey | None = None) -> bytes:
        """The context's JSON. Raises CannotBeStored."""
        return contexts.encode(context, stream, version, wire, key)

    def parse(self, row: Row) -> Parsed:
        """Reads the JSON, opens nothing. Raises UnknownEvent, DamagedEvent."""
        event, step = CATALOGUE.get(row.type), UPCASTS.get(row.type)
        if event is None and step is None:
            raise UnknownEvent(f"position {row.position} holds {row.type}, which this release doesn't know")
        try:
            context = contexts.parse(row.context)
            if row.payload is None:
                return Parsed(row, None, context, _keys(context, _NO_KEYS))
            if step is not None:
                body: Any = older.parse(step, row.payload)
                return Parsed(row, body, context, _keys(context, [body[name].key for name in step.personal]))
            plan = plan_of(CATALOGUE[row.type])
            body = plan.decoder.decode(row.payload)
            keys = [key_of(getattr(body, field.name).key) for field in plan.sealed] if plan.sealed else _NO_KEYS
        except _UNREADABLE as error:
            raise _damaged(row, error) from error
        return Parsed(row, body, context, _keys(context, keys))

    def finish(self, parsed: Parsed, keys: Mapping[UUID, DataKey], fields: Collection[str] | None = None) -> Recorded[Event]:
        """Makes the event; a value whose key is absent is Erased, one that nobody looks at UNOPENED. Raises DamagedEvent."""
        row, body, stored, _ = parsed
        recorded_at = _EPOCH + timedelta(0, 0, row.recorded_at)
        native = row.effective_at == row.recorded_at
        try:
            context = contexts.finish(stored, row.stream, row.stream_version, row.type, keys)
            event, used = _made(row, body, keys, fields)
        except _UNREADABLE as error:
            raise _damaged(row, error) from error
        return Recorded(
            event,
            row.position,
            recorded_at,
            recorded_at if native else _EPOCH + timedelta(0, 0, row.effective_at),
            row.event_id,
            row.stream,
            row.stream_version,
            row.actor,  # type: ignore[arg-type]  # the column holds person ids
            row.on_behalf_of,  # type: ignore[arg-type]  # likewise
            row.command_id,
            row.correlation_id,
            row.causation_id,
            context,
            used,
        )


def _sealed(plan: Plan, event: Event, stream: str, version: int, key_for: KeyFor) -> Any:
    """The event's stored twin."""
    values = list(astuple(event))
    where = place(stream, version)
    for field in plan.sealed:
        value = values[field.at]
        if isinstance(value, Erased):
            raise CannotBeStored(f"{plan.wire}: {field.name} was erased; what was erased is never recorded again")
        key = key_for(values[field.owner])
        values[field.at] = Sealed(key.id, seal(key, _ENCODE(value), where + field.about))
    return plan.twin(*values)


def _made(row: Row, body: Any, keys: Mapping[UUID, DataKey], fields: Collection[str] | None) -> tuple[Event, Mapping[str, UUID]]:
    if body is None:
        return Purged(type=row.type), _NOTHING
    if row.type in UPCASTS:
        return older.finish(body, row.type, place(row.stream, row.stream_version), keys)
    plan = plan_of(CATALOGUE[row.type])
    values = asdict(body)
    if not plan.sealed:
        return plan.event(**values), _NOTHING
    where = place(row.stream, row.stream_version)
    used: dict[str, UUID] = {}
    last, key = None, None
    for field in plan.sealed:
        box: Box = values[field.name]
        used[field.name] = id_ = key_of(box.key)
        if fields is not None and field.name not in fields:
            values[field.name] = UNOPENED
            continue
        if id_ is not last:  # mostly all are under one key
            last, key = id_, keys.get(id_)
        values[field.name] = _ERASED if key is None else field.read(key.open(box.box, where + field.about))
    return plan.event(**values), used


def _keys(context: Any, payload: Sequence[UUID]) -> Sequence[UUID]:
    if context is not None and context.address is not None:
        return (*payload, context.address.key)
    return payload


def _not_unicode(event: Event) -> str:
    """The field that holds a lone surrogate."""
    for name, value in zip(event.__struct_fields__, astuple(event), strict=True):
        try:
            _ENCODE(value)
        except UnicodeEncodeError:
            return name
    return "the event"


def _damaged(row: Row, error: Exception) -> DamagedEvent:
    return DamagedEvent(f"position {row.position}, {row.type}, version {row.stream_version} of {row.stream}: {error}")
