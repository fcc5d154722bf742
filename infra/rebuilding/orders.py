"""What processes that share a rebuild are told and tell: lines of JSON."""

import base64
from collections.abc import Mapping
from uuid import UUID

import msgspec

from application.ports.codec import DamagedEvent, UnknownEvent
from application.ports.keys import KeyUnusable
from application.ports.log import LogUnavailable
from infra.crypto.key_file import KeyRing
from projections.engine.division import NotLocal, Task
from projections.engine.fold import PoisonEvent
from projections.engine.members import MODELS
from projections.engine.store import Overtaken, Slot, StoreUnavailable

FAULTS: Mapping[str, type[Exception]] = {
    each.__name__: each
    for each in (
        NotLocal,
        PoisonEvent,
        UnknownEvent,
        DamagedEvent,
        Overtaken,
        StoreUnavailable,
        LogUnavailable,
        KeyUnusable,
    )
}
"""What a worker may end with, by name."""


class Ring(msgspec.Struct):
    """A key ring on its way to a worker; never written to a file or an argument."""

    current: int
    epochs: dict[int, str]
    pseudonyms: str

    @classmethod
    def of(cls, ring: KeyRing) -> "Ring":
        """The same in JSON."""
        epochs = {number: base64.b64encode(key).decode() for number, key in ring.epochs.items()}
        return cls(ring.current, epochs, base64.b64encode(ring.pseudonyms).decode())

    def opened(self) -> KeyRing:
        """The same as it was."""
        epochs = {number: base64.b64decode(key) for number, key in self.epochs.items()}
        return KeyRing(self.current, epochs, base64.b64decode(self.pseudonyms))


class Place(msgspec.Struct):
    """Where the organisation is."""

    dsn: str
    organisation: str
    id: UUID
    ring: Ring


class Order(msgspec.Struct):
    """What a worker is to do: bring these tables, by model, to a position, with what the things of these digits tell.

    `modules` declare the models: a worker knows no others, since to import them all takes longer than many an order.
    """

    place: Place
    modules: list[str]
    tables: dict[str, str]
    digits: str
    upto: int

    @classmethod
    def of(cls, place: Place, task: Task, upto: int) -> "Order":
        """What one task is, in words."""
        modules = dict.fromkeys(slot.model.row.__module__ for slot in task.slots)
        return cls(place, list(modules), {slot.model.name: slot.table for slot in task.slots}, task.digits, upto)

    def slots(self) -> tuple[Slot, ...]:
        """What is to be filled; the models are known by then."""
        return tuple(Slot(MODELS[name], table, self.digits) for name, table in self.tables.items())


class Report(msgspec.Struct):
    """How far a worker has come, or how it ended: with a `fault`, or with none. `peak`: its memory at most, in KiB."""

    reached: int = 0
    peak: int = 0
    ended: bool = False
    fault: str = ""
    text: str = ""
