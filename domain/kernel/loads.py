"""How the parameters of rules and decisions are loaded: which streams they name, and in what order."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin
from uuid import UUID

from domain.kernel.identifiers import DayId, ModuleId, PersonId, stream_name
from domain.kernel.rules import Claim
from domain.kernel.states import State

GIVEN: dict[str, Any] = {
    "actor": PersonId,
    "module": ModuleId,
    "now": datetime,
    "today": DayId,
    "yesterday": DayId,
    "claim": Claim,
}
"""What a rule or decision may ask for by these names without its being loaded. A context may add to it what it proposes."""
NAMING = ("actor", "module", "today", "yesterday")
"""Those of them that can name a stream."""
DEPTH = 48
"""How far a `climb` goes at most. Decisions that build chains refuse to build longer ones, and so many guards fit into a
row's context."""


class By(NamedTuple):
    """Which ids name a parameter's stream; with `climb`, the field of the state that names the next one up."""

    paths: tuple[str, ...]
    climb: str | None = None


def by(*paths: str) -> Any:
    """The ids that name a parameter's stream: fields of the command, `actor`, or fields of other parameters.

    `by("channel")` is the command's field, `by("message.channel")` another parameter's, `by("actor")` who asks, `by("module")`
    the module that the command belongs to, `by("today")` the day that it is; `by()` is for a state of which there is only one.
    """
    return By(tuple(path if path in NAMING or "." in path else f"command.{path}" for path in paths))


def climb(path: str, field: str) -> Any:
    """A chain of states, nearest first: the one that `path` names, then the one its `field` names, up to the root.

    All of them are guarded. The chain is cut after DEPTH of them, and where it comes back to one that it has: states at hand
    need not be of one moment, and what is decided on such a circle loses its guards and is decided again.
    """
    return By(by(path).paths, field)


class Shape(NamedTuple):
    """What a parameter's annotation says."""

    state: type[State[Any]]
    maybe: bool
    guarded: bool
    several: bool
    optional: bool
    new: bool = False

    def __str__(self) -> str:
        name = self.state.__name__
        name = f"New[{name}]" if self.new else f"Maybe[{name}]" if self.maybe else name
        name = name if self.guarded else f"Unguarded[{name}]"
        name = f"tuple[{name}, ...]" if self.several else name
        return f"{name} | None" if self.optional else name


def shape(hint: Any) -> Shape | None:
    """Reads `X`, `Maybe[X]`, `Unguarded[X]`, `tuple[X, ...]`, and any of them `| None`; None if X isn't a state."""
    optional = get_origin(hint) in (Union, UnionType) and NoneType in get_args(hint)
    if optional:
        rest = [arg for arg in get_args(hint) if arg is not NoneType]
        hint = rest[0] if len(rest) == 1 else None
    several = get_origin(hint) is tuple and get_args(hint)[1:] == (...,)
    if several:
        hint = get_args(hint)[0]
    marks: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *found = get_args(hint)
        marks = tuple(found)
    if not (inspect.isclass(hint) and issubclass(hint, State)):
        return None
    return Shape(hint, "maybe" in marks, "unguarded" not in marks, several, optional, "new" in marks)


Namer = Callable[[Mapping[str, Any]], Any]
"""The stream that the values at hand name, or a tuple of them; None where an id on the way is None."""


class Load(NamedTuple):
    """A parameter as what must be loaded for it.

    `heads` are the values that name its streams, `after` those among them that are loaded themselves; `nullable` says
    whether an id on the way may be None.
    """

    name: str
    shape: Shape
    heads: tuple[str, ...]
    after: tuple[str, ...]
    named: Namer
    climb: str | None
    nullable: str | None


def namer(kind: str, paths: Sequence[str], *, spread: bool) -> Namer:
    """Made once per parameter, since it runs for every parameter of every command. With `spread`, one path gives a list."""
    steps = [(head, attrgetter(tail) if tail else None) for head, _, tail in (path.partition(".") for path in paths)]
    if len(steps) > 1 or not steps:
        return _namer_of_all(kind, steps, spread=spread)
    [(head, getter)] = steps

    def one(values: Mapping[str, Any]) -> str | None:
        value = values[head]
        if getter is not None and value is not None:
            value = getter(value)
        return None if value is None else stream_name(kind, (value,))

    def each(values: Mapping[str, Any]) -> tuple[str, ...] | None:
        value = values[head]
        if getter is not None and value is not None:
            value = getter(value)
        return None if value is None else tuple([stream_name(kind, (one,)) for one in value])

    return each if spread else one


def _namer_of_all(kind: str, steps: Sequence[tuple[str, Callable[[Any], Any] | None]], *, spread: bool) -> Namer:
    """The name of a stream that several ids, or none, name together."""

    def named(values: Mapping[str, Any]) -> str | tuple[str, ...] | None:
        ids: list[Any] = []
        for head, getter in steps:
            value = values[head]
            if getter is not None and value is not None:
                value = getter(value)
            if value is None:
                return None
            ids.append(value)
        return tuple([stream_name(kind, each) for each in _spread(ids)]) if spread else stream_name(kind, tuple(ids))

    return named


def _spread(ids: Sequence[Any]) -> Iterator[tuple[UUID, ...]]:
    """`(channel, [a, b])` as `(channel, a), (channel, b)`."""
    length = next(len(i) for i in ids if isinstance(i, tuple))
    for n in range(length):
        yield tuple(i[n] if isinstance(i, tuple) else i for i in ids)
