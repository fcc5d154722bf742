"""The context of an event as JSON. It may grow: what a newer release adds to it is passed over, unlike in a payload."""

from collections.abc import Mapping
from typing import Any, get_type_hints
from uuid import UUID

import msgspec
from msgspec import NODEFAULT
from msgspec.structs import astuple, fields

from application.ports.codec import CannotBeStored, TooLarge
from application.ports.keys import DataKey
from application.ports.log import CONTEXT_LIMIT
from domain.kernel.events import Context
from domain.kernel.personal import Erased, Sealed
from infra.serialisation.places import ADDRESS, field, place, seal

_ENCODE = msgspec.json.Encoder().encode
_ADDRESS = msgspec.json.Decoder(str)
_HINTS = get_type_hints(Context)
StoredContext: Any = msgspec.defstruct(
    "StoredContext",
    [
        (
            each.name,
            Sealed | None if each.name == "address" else _HINTS[each.name],
            {} if each.default is NODEFAULT else each.default,
        )
        for each in fields(Context)
    ],
    omit_defaults=True,
)
_DECODER = msgspec.json.Decoder(StoredContext)
_PLAIN = msgspec.json.Decoder(Context)
_AT = Context.__struct_fields__.index("address")
_NONE = Context()


def encode(context: Context, stream: str, version: int, wire: str, key: DataKey | None) -> bytes:
    """The context's JSON, the address sealed. Raises CannotBeStored."""
    try:
        body = _ENCODE(context if context.address is None else _sealed(context, context.address, stream, version, wire, key))
    except UnicodeEncodeError:
        raise CannotBeStored(f"the context of {wire} holds text that isn't Unicode (a lone surrogate)") from None
    if len(body) > CONTEXT_LIMIT:
        raise TooLarge(f"the context of {wire} has {len(body)} bytes, and the log takes {CONTEXT_LIMIT}")
    return body


def _sealed(context: Context, address: str | Erased, stream: str, version: int, wire: str, key: DataKey | None) -> Any:
    if isinstance(address, Erased) or key is None:
        raise CannotBeStored(f"the context of {wire} has an address, which needs the actor's key and can't have been erased")
    values = list(astuple(context))
    values[_AT] = Sealed(key.id, seal(key, _ENCODE(address), place(stream, version) + field(wire, ADDRESS)))
    return StoredContext(*values)


def parse(context: bytes | None) -> Any:
    """The stored context, its address still sealed, or the context itself where it has none; None where it was purged.

    Raises msgspec's errors.
    """
    if context is None:
        return None
    return (_DECODER if b'"address"' in context else _PLAIN).decode(context)


def finish(stored: Any, stream: str, version: int, wire: str, keys: Mapping[UUID, DataKey]) -> Context:
    """The context; an address whose key is absent is Erased. Raises BoxDamaged, msgspec's errors."""
    if stored is None:
        return _NONE
    if type(stored) is Context:
        return stored
    values = list(astuple(stored))
    box: Sealed | None = values[_AT]
    if box is not None:
        key = keys.get(box.key)
        about = place(stream, version) + field(wire, ADDRESS)
        values[_AT] = Erased() if key is None else _ADDRESS.decode(key.open(box.box, about))
    return Context(*values)
