"""How one event type is written and read, worked out once: its fields, which of them are sealed, and its stored twin."""

import functools
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from msgspec.structs import fields

from domain.kernel.events import Event, marks
from domain.kernel.personal import Contained, Erased, Personal
from infra.serialisation.places import field as field_part

KEYS_AT_HAND = 20_000
"""Ids of keys that are kept, at about 300 bytes each."""


class Box(msgspec.Struct, tag="sealed", tag_field="is", gc=False):
    """A `Sealed` as it is read: its key as text, since the same few keys are read again and again, and need be made ids once."""

    key: str
    box: bytes


@functools.lru_cache(maxsize=KEYS_AT_HAND)
def key_of(text: str) -> UUID:
    """The id of a key; the same object for the same text. Raises msgspec's errors."""
    return msgspec.convert(text, UUID)


class SealedField(NamedTuple):
    """A personal field: where it stands, where its owner stands, the end of its associated data, and its type."""

    at: int
    name: str
    owner: int
    about: bytes
    decoder: msgspec.json.Decoder[Any]

    def read(self, text: bytes) -> Any:
        """The value of an opened JSON text. Raises ValueError, which doesn't tell the value."""
        try:
            return self.decoder.decode(text)
        except msgspec.MsgspecError:
            raise ValueError(f"what was sealed in {self.name} isn't of its type") from None


class Plan(NamedTuple):
    """How an event type is written and read.

    `twin` has the event's fields in the same order, with `Box` for personal ones; all are required and no others are
    allowed, so that a row that isn't exactly of this type is found when it is read. `types` are those without marks; `owners`
    the fields that say whose the personal ones are.
    """

    event: type[Event]
    wire: str
    fields: tuple[str, ...]
    sealed: tuple[SealedField, ...]
    owners: tuple[str, ...]
    twin: Any
    decoder: msgspec.json.Decoder[Any]
    types: Mapping[str, Any]
    optional: frozenset[str]


@functools.cache
def plan_of(event: type[Event]) -> Plan:
    """The plan of an event type. Raises TypeError, in words, where the type can't be stored exactly."""
    _check_options(event)
    hints = get_type_hints(event, include_extras=True)
    personal = marks(event)
    names = event.__struct_fields__
    types = {name: _bare(hints[name]) if name in personal else hints[name] for name in names}
    for name in names:
        _check_type(event, name, types[name])
    sealed = tuple(
        SealedField(
            names.index(name), name, names.index(mark.of), field_part(event.wire, name), msgspec.json.Decoder(types[name])
        )
        for name, mark in personal.items()
    )
    twin = msgspec.defstruct(
        f"Stored{event.__name__}",
        [(name, Box if name in personal else types[name]) for name in names],
        forbid_unknown_fields=True,
        gc=False,
    )
    optional = frozenset(field.name for field in fields(event) if not field.required)
    owners = tuple(dict.fromkeys(mark.of for mark in personal.values()))
    return Plan(event, event.wire, names, sealed, owners, twin, msgspec.json.Decoder(twin), types, optional)


def _bare(hint: Any) -> Any:
    """`Annotated[T | Erased, Personal(…), …]` as T, with whatever else it is annotated with."""
    bare, notes = get_args(hint)[0], [note for note in hint.__metadata__ if not isinstance(note, Personal | Contained)]
    bare = Union[tuple(arg for arg in get_args(bare) if arg is not Erased)]  # noqa: UP007 (computed)
    for note in notes:
        bare = Annotated[bare, note]
    return bare


def _check_options(event: type[Event]) -> None:
    options = event.__struct_config__
    if options.array_like or options.tag is not None or event.__struct_encode_fields__ != event.__struct_fields__:
        raise TypeError(f"{event.__name__}: array_like, tag and rename change how it is stored; an event has none of them")


def _check_type(event: type[Event], name: str, hint: Any) -> None:
    """A float has no exact text, and NaN none at all: an amount is a Decimal or an int of the smallest unit."""
    if hint is float or any(part is float for part in _parts(hint)):
        raise TypeError(f"{event.__name__}.{name}: an event holds no float, use Decimal or a whole number of the smallest unit")


def _parts(hint: Any) -> list[Any]:
    inner = [arg for arg in get_args(hint) if get_origin(hint) is not Annotated or arg is get_args(hint)[0]]
    return [*inner, *(part for each in inner for part in _parts(each))]
