"""What came of a command, and how a refusal is kept so that a repeated command is answered alike."""

from typing import Any, NamedTuple

import msgspec

from domain.kernel.refusals import REFUSALS, Refusal


class Outcome(NamedTuple):
    """What came of a command: a refusal or none, and the last position that it wrote or was decided on."""

    refusal: Refusal | None
    position: int


class _Stored(msgspec.Struct):
    name: str
    fields: dict[str, Any]


def encode_refusal(refusal: Refusal) -> bytes:
    """A refusal as it is stored with its command: its name and fields."""
    return msgspec.json.encode(_Stored(type(refusal).__name__, msgspec.structs.asdict(refusal)))


def decode_refusal(stored: bytes) -> Refusal:
    """A refusal as it was stored with its command. Raises KeyError where no such refusal is known."""
    found = msgspec.json.decode(stored, type=_Stored)
    return msgspec.convert(found.fields, REFUSALS[found.name])
