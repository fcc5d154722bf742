"""What an event is: a fact with a name for ever. Where, when and by whom it was recorded is said by `Recorded`."""

import inspect
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Generic, TypeVar, dataclass_transform, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from domain.kernel.identifiers import PersonId
from domain.kernel.personal import Contained, Erased, Personal

WIRE = re.compile(r"[a-z_]+\.[a-z_]+\.v[1-9][0-9]*")


class EventMeta(msgspec.StructMeta):
    """Takes `wire` and `retention` from the class line, and makes every event frozen and by keyword.

    What is frozen holds no circles, so the garbage collector needn't look at it.
    """

    wire: str
    retention: str

    def __new__(
        mcs,
        name: str,
        bases: tuple[type, ...],
        body: dict[str, Any],
        wire: str = "",
        retention: str = "general",
        **options: Any,
    ) -> Any:
        cls: EventMeta = super().__new__(mcs, name, bases, body, **(options | {"frozen": True, "kw_only": True, "gc": False}))
        cls.wire, cls.retention = wire, retention
        return cls


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Event(msgspec.Struct, frozen=True, metaclass=EventMeta):
    """Something that happened, in the past tense.

    `class MessagePosted(Event, wire="messaging.message_posted.v1", retention="conversation")`. The wire name is
    what is stored, for ever; `retention` is the class of the container whose rules say how long texts are kept.
    """

    wire: ClassVar[str]
    retention: ClassVar[str]

    def __init_subclass__(cls, wire: str = "", retention: str = "general", **options: Any) -> None: ...


class Purged(Event, frozen=True):
    """Stands where an event's content was removed from the log; `type` is the wire name that its row still has.

    States pass over it, and read models keep nothing of it. It is never recorded itself.
    """

    type: str


CATALOGUE: dict[str, type[Event]] = {}
"""Every event type by its wire name; contexts enter theirs with `catalogue`."""


def catalogue(*events: type[Event]) -> None:
    """Enters a context's events, each checked; called at the end of each module of its events."""
    for event in events:
        _check(event)
        CATALOGUE[event.wire] = event


def marks(event: type[Event]) -> dict[str, Personal | Contained]:
    """The event's personal fields, each with its mark."""
    hints = get_type_hints(event, include_extras=True)
    found = ((name, mark) for name in event.__struct_fields__ for mark in getattr(hints[name], "__metadata__", ()))
    return {name: mark for name, mark in found if isinstance(mark, Personal | Contained)}


def _check(event: type[Event]) -> None:
    name = event.__name__
    if not WIRE.fullmatch(event.wire):
        raise TypeError(f'{name} needs a wire name: class {name}(Event, wire="context.what_happened.v1")')
    if event.wire in CATALOGUE:
        raise TypeError(f"{name} and {CATALOGUE[event.wire].__name__} have the same wire name, {event.wire}")
    if not event.__doc__ or event.__doc__ == Event.__doc__:
        raise TypeError(f"{name} needs a docstring: it is the event catalogue's text")
    hints = get_type_hints(event)
    for field, hint in get_type_hints(event, include_extras=True).items():
        inner = get_args(hint)[:1] if get_origin(hint) is Annotated else (hint,)
        if any(_marked(part) for part in inner):
            raise TypeError(f"{name}.{field}: the mark of a personal value must be outermost, `Authored[str | None]`")
    for field, mark in marks(event).items():
        if Erased not in get_args(hints[field]):
            raise TypeError(f"{name}.{field} is personal and may be erased one day: its type must be `T | Erased`")
        if isinstance(mark, Personal) and hints.get(mark.of) is not PersonId:
            raise TypeError(f"{name}.{field} belongs to `{mark.of}`, but the event has no field `{mark.of}: PersonId`")
        if isinstance(mark, Contained) and mark.of not in hints:
            raise TypeError(f"{name}.{field} belongs to `{mark.of}`, but the event has no such field")


def _marked(hint: Any) -> bool:
    """Whether a mark is hidden somewhere inside a type, where sealing wouldn't find it."""
    if inspect.isclass(hint) and issubclass(hint, msgspec.Struct):
        return any(_marked(each) for each in get_type_hints(hint, include_extras=True).values())
    here = getattr(hint, "__metadata__", ())
    return any(isinstance(mark, Personal | Contained) for mark in here) or any(_marked(each) for each in get_args(hint))


def describe(event: type[Event]) -> str:
    """The event's text in the catalogue."""
    return inspect.getdoc(event) or ""


class Authority(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What allowed a command: the rule in words, the streams that it was read from, and the stream of the scope that it was
    given over, where it was."""

    rule: str
    streams: tuple[str, ...] = ()
    scope: str | None = None


class Context(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What the log says about an event beside its columns; at most 8 KiB as JSON.

    `decided_on` holds the guarded streams with their versions; `imported` names the system that an event was
    brought from: policies, timers, notifications, subscriptions and unread counts skip such events.
    `address`, the client's network address, is personal and stored under the actor's key.
    """

    authority: Authority | None = None
    decided_on: Mapping[str, int] = {}
    client: str | None = None
    session: UUID | None = None
    address: str | Erased | None = None
    imported: str | None = None


E_co = TypeVar("E_co", bound=Event, covariant=True)
_UUID = msgspec.json.Decoder(UUID).decode


class Recorded(msgspec.Struct, Generic[E_co], frozen=True, gc=False):
    """An event with what the log says about it.

    `recorded_at` is when it was written, `effective_at` when it was true; both in UTC, in microseconds.
    `keys` are the ids of the keys of its personal fields, by field.
    """

    event: E_co
    position: int
    recorded_at: datetime
    effective_at: datetime
    id: UUID
    stream: str
    version: int
    actor: PersonId | None = None
    on_behalf_of: PersonId | None = None
    command_id: UUID | None = None
    correlation_id: UUID | None = None
    causation_id: UUID | None = None
    context: Context = Context()
    keys: Mapping[str, UUID] = {}

    @property
    def thing(self) -> UUID:
        """What it happened to: the id of the stream."""
        return _UUID(f'"{self.stream[-36:]}"')  # a fifth of what UUID(…) takes
