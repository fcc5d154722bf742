"""Events under older wire names: read as plain JSON, decrypted, brought to the newest version, and then made into events."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from application.ports.keys import DataKey
from domain.kernel.events import CATALOGUE, Event
from domain.kernel.personal import Erased, Sealed
from domain.kernel.upcasts import Upcast, newest
from infra.serialisation.places import field as field_part
from infra.serialisation.plans import Plan, plan_of

_ERASED = {"is": "erased"}
_DECODER = msgspec.json.Decoder(dict[str, Any])


def parse(step: Upcast, payload: bytes) -> dict[str, Any]:
    """The fields; those that the old version sealed are `Sealed`. Raises msgspec's errors."""
    body = _DECODER.decode(payload)
    for name in step.personal:
        body[name] = msgspec.convert(body.get(name), Sealed)
    return body


def finish(body: Mapping[str, Any], wire: str, where: bytes, keys: Mapping[UUID, DataKey]) -> tuple[Event, dict[str, UUID]]:
    """The event in its newest version, and the keys of its personal fields.

    Raises BoxDamaged, msgspec's errors, and ValueError where the upcasts don't lead to an event of the catalogue.
    """
    opened, boxes = _opened(body, wire, where, keys)
    name, found = _newest(wire, opened)
    if name not in CATALOGUE:
        raise ValueError(f"the upcasts end at {name}, which is in no catalogue")
    plan = plan_of(CATALOGUE[name])
    if strays := found.keys() - set(plan.fields):
        raise ValueError(f"the upcasts leave {', '.join(sorted(strays))}, which {name} doesn't have")
    personal = {field.name for field in plan.sealed}
    values = {field: _value(plan, field, value, personal) for field, value in found.items()}
    return plan.event(**values), {field: _key(field, boxes) for field in personal if boxes}


def _opened(
    body: Mapping[str, Any], wire: str, where: bytes, keys: Mapping[UUID, DataKey]
) -> tuple[dict[str, Any], dict[str, UUID]]:
    opened, boxes = {}, {}
    for name, value in body.items():
        if isinstance(value, Sealed):
            boxes[name] = value.key
            key = keys.get(value.key)
            opened[name] = _ERASED if key is None else msgspec.json.decode(key.open(value.box, where + field_part(wire, name)))
        else:
            opened[name] = value
    return opened, boxes


def _newest(wire: str, fields: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    try:
        return newest(wire, fields)
    except Exception as error:  # noqa: BLE001 (an upcast is any function; its error may quote a personal value)
        raise ValueError(f"an upcast from {wire} fails with {type(error).__name__}") from None


def _value(plan: Plan, field: str, value: Any, personal: set[str]) -> Any:
    if field in personal and value == _ERASED:
        return Erased()
    try:
        return msgspec.convert(value, plan.types[field], str_keys=True)
    except msgspec.MsgspecError:
        raise ValueError(f"after the upcasts {field} isn't of its type") from None


def _key(field: str, boxes: Mapping[str, UUID]) -> UUID:
    """A field that was renamed has the key of the others, if they have one between them."""
    if field in boxes:
        return boxes[field]
    [key] = set(boxes.values())
    return key
