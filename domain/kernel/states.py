"""States: what a stream has come to, as far as decisions need it."""

import re
from datetime import datetime
from typing import Annotated, Any, ClassVar, Generic, NamedTuple, Self, TypeVar, dataclass_transform
from uuid import UUID

import msgspec
from msgspec.structs import replace

from domain.kernel.events import Event, Purged
from domain.kernel.identifiers import stream_name

E = TypeVar("E", bound=Event)
S = TypeVar("S", bound="State[Any]")

Maybe = Annotated[S, "maybe"]
"""A state that may not exist yet: an absent one comes in its first state."""
New = Annotated[S, "maybe", "new"]
"""A state that most likely doesn't exist: what the command makes, under an id that is its own. Where it isn't at hand it is
taken for absent without looking, and the append finds out if that was wrong."""
Unguarded = Annotated[S, "unguarded"]
"""A state that is read without a guard: it may have changed by the time of the append."""


class Happened(NamedTuple):
    """An event and the stream in which it happened."""

    stream: str
    event: Event


Events = tuple[Happened, ...]
NOTHING: Events = ()


KIND = re.compile(r"[a-z_]+\.[a-z_]+")


class StateMeta(msgspec.StructMeta):
    """Takes `kind` and `key` from the class line. Like events, states hold no circles: the garbage collector skips them."""

    def __new__(
        mcs,
        name: str,
        bases: tuple[type, ...],
        body: dict[str, Any],
        kind: str = "",
        key: tuple[Any, ...] = (),
        **options: Any,
    ) -> Any:
        cls: Any = super().__new__(mcs, name, bases, body, **(options | {"frozen": True, "kw_only": True, "gc": False}))
        if kind:
            if kind in KINDS:
                raise TypeError(f"{name} and {KINDS[kind].__name__} are both the state of {kind}")
            if not KIND.fullmatch(kind):
                raise TypeError(f'{name} needs a kind of stream: class {name}(State[…], kind="context.thing", key=(AnId,))')
            try:
                cls(stream="")
            except TypeError as wrong:
                raise TypeError(f"every field of {name} needs a first value: {wrong}") from None
            cls.kind, cls.key, KINDS[kind] = kind, key, cls
        return cls


KINDS: dict[str, type["State[Any]"]] = {}
"""Every state by the kind of its streams."""


@dataclass_transform(frozen_default=True, kw_only_default=True)
class State(msgspec.Struct, Generic[E], frozen=True, metaclass=StateMeta):
    """What a stream has come to. Every field has a first value; `key` says what ids name the stream: none, where there
    is only one.

    `class Channel(State[ChannelEvent], kind="messaging.channel", key=(ChannelId,))`.
    """

    kind: ClassVar[str]
    key: ClassVar[tuple[Any, ...]]
    stream: str
    version: int = 0
    began: int = 0
    """The position of the stream's first event: which of two things was first. 0 where the log has not said it yet."""
    began_at: datetime | None = None
    """When that was true; None where the log has not said it yet."""

    def __init_subclass__(cls, kind: str = "", key: tuple[Any, ...] = (), **options: Any) -> None: ...

    @classmethod
    def at(cls, *ids: UUID) -> Self:
        """The first state of the stream that these ids name."""
        return cls(stream=stream_name(cls.kind, ids))

    @property
    def exists(self) -> bool:
        """Whether anything has happened in the stream."""
        return self.version > 0

    @property
    def thing(self) -> UUID:
        """What it is the state of: the id of the stream."""
        return UUID(self.stream.rpartition("/")[2])

    def records(self, *events: E) -> Events:
        """The events, as happening in this stream."""
        return tuple([Happened(self.stream, event) for event in events])

    def evolve(self, event: E) -> Self:
        """The state after an event: the one place where events are given their meaning for decisions."""
        raise NotImplementedError(f"{type(self).__name__}.evolve")

    def after(self, event: E, position: int = 0, at: datetime | None = None) -> Self:
        """The state after an event at a position, one version on. Of what was purged only the version is left.

        `at` is when the event was true: a state that depends on it takes note of it here.
        """
        began, began_at = self.began or position, self.began_at or at
        then = self if isinstance(event, Purged) else self.evolve(event)
        return replace(then, version=self.version + 1, began=began, began_at=began_at)
