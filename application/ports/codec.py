"""Events as bytes and back: wire names, versions and the sealing of personal values."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from application.ports.keys import DataKey
from application.ports.log import Row
from domain.kernel.events import Context, Event, Recorded

KeyFor = Callable[[UUID], DataKey]
"""Gives the open key for a value's owner (a person or a container), for the event that is being encoded."""


class Parsed(NamedTuple):
    """A row whose JSON was read and whose personal values are still sealed, with the ids of their keys."""

    row: Row
    body: Any
    context: Any
    keys: Collection[UUID]


class Unopened:
    """Stands where a personal value is that nobody looks at. To look at it nevertheless is a mistake, and an error."""

    def __getattr__(self, name: str) -> Any:
        raise TypeError("this value wasn't opened, for nobody said that they would look at it")

    def __bool__(self) -> bool:
        return bool(self.value)

    def __eq__(self, other: object) -> bool:
        return bool(self.value)

    __hash__ = None  # type: ignore[assignment]  # likewise


UNOPENED: Any = Unopened()


class UnknownEvent(Exception):
    """The wire name is not known: the row was written by a newer release. Followers stop; nothing is skipped."""


class DamagedEvent(Exception):
    """The row is of a known type and can't be read as one; says position, type and field."""


class CannotBeStored(Exception):
    """An event or context that the log can't hold; says which, which field, and why. Nothing was written."""


class TooLarge(CannotBeStored):
    """The JSON is longer than the log takes: 64 KiB for a payload, 8 KiB for a context."""


class Codec(Protocol):
    """Writes events in their newest version, and reads every version ever written."""

    def owners(self, event: Event) -> Iterable[UUID]:
        """Whose keys the event's personal values need: empty for most events."""
        ...

    def encode(self, event: Event, stream: str, version: int, key_for: KeyFor) -> bytes:
        """The payload's JSON, personal values sealed for exactly this stream, version and field.

        Raises CannotBeStored.
        """
        ...

    def encode_context(self, context: Context, stream: str, version: int, wire: str, key: DataKey | None = None) -> bytes:
        """The context's JSON. `key`, the actor's, is needed where there is an address. Raises CannotBeStored."""
        ...

    def parse(self, row: Row) -> Parsed:
        """Reads the JSON, opens nothing. Raises UnknownEvent, DamagedEvent."""
        ...

    def finish(self, parsed: Parsed, keys: Mapping[UUID, DataKey], fields: Collection[str] | None = None) -> Recorded[Event]:
        """Opens what can be opened and makes the event; a value whose key is absent is Erased. Raises DamagedEvent.

        `fields` are those that somebody will look at: in place of other personal values may stand `UNOPENED`. Where the content
        was purged, the event is `Purged`.
        """
        ...
