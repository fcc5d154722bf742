"""Events of an invented context, outside the catalogue: what a test of the codec needs, and nothing of the product's."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec

from application.ports.log import Row
from domain.kernel.events import CATALOGUE, Context, Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import Authored, Contained, Erased, OfPerson
from domain.kernel.upcasts import UPCASTS, upcast
from infra.crypto.data_key import AesDataKey

ANN = PersonId(UUID("01890a5d-ac96-774b-bcce-b302099a0001"))
BOB = PersonId(UUID("01890a5d-ac96-774b-bcce-b302099a0002"))
ORDER = UUID("01890a5d-ac96-774b-bcce-b302099a0003")
STREAM = "sample.note/01890a5d-ac96-774b-bcce-b302099a0004"


def key_of(owner: UUID) -> AesDataKey:
    """The one key that each owner has here: both its id and its secret come from the owner's id."""
    return AesDataKey(owner, owner.bytes * 2)


KEYS = {owner: key_of(owner) for owner in (ANN, BOB, ORDER)}


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value inside an event."""

    item: str
    price: Decimal


class NoteWritten(Event, wire="sample.note_written.v2"):
    """Something was noted, about somebody."""

    author: PersonId
    text: Authored[str]
    person: PersonId
    phone: OfPerson[str | None] = None
    colours: Authored[tuple[str, ...]] = ()
    line: Authored[Line | None] = None
    order: UUID = ORDER
    terms: Annotated[str | Erased, Contained("order")] = ""
    tags: frozenset[str] = frozenset()
    counts: dict[UUID, int] = msgspec.field(default_factory=dict)


class DoorOpened(Event, wire="sample.door_opened.v1"):
    """A door was opened."""

    door: int
    by: PersonId | None = None


NOTE = NoteWritten(author=ANN, text="见 you at 3", person=BOB, phone="555 0100", terms="net 30")


@contextmanager
def sampled() -> Iterator[None]:
    """These events are known while this lasts; the note of version 1 had its text under another name."""
    before, steps = dict(CATALOGUE), dict(UPCASTS)
    catalogue(NoteWritten, DoorOpened)
    upcast("sample.note_written.v1", "sample.note_written.v2", personal=("words", "phone"))(
        lambda old: {"text": old.pop("words"), "person": old["author"], **old}
    )
    try:
        yield
    finally:
        for known, earlier in ((CATALOGUE, before), (UPCASTS, steps)):
            known.clear()
            known.update(earlier)  # type: ignore[arg-type]  # each gets its own back


def row(payload: bytes | None, wire: str, *, context: bytes | None = b"{}", stream: str = STREAM, version: int = 3) -> Row:
    """A row of the log with this content."""
    moment = 1_763_800_000_123_456
    return Row(1, 17, moment, moment - 1, BOB, stream, version, wire, ANN, None, None, None, None, context, payload, bytes(16))


EMPTY = Context()
