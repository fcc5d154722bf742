"""How the parameters of rules and decisions are loaded: which streams they name, and in what order."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId, stream_name
from domain.kernel.states import State

GIVEN: dict[str, Any] = {"actor": PersonId, "now": datetime}
DEPTH = 64
"""How far a `climb` goes at most: deeper trees than this are refused where they are made."""


class By(NamedTuple):
    """Which ids name a parameter's stream; with `climb`, the field of the state that names the next one up."""

    paths: tuple[str, ...]
    climb: str | None = None


def by(*paths: str) -> Any:
    """The ids that name a parameter's stream: fields of the command, `actor`, or fields of other parameters."""
    return By(paths)


def climb(path: str, field: str) -> Any:
    """A chain of states, nearest first: the one that `path` names, then the one its `field` names, up to the root."""
    return By((path,), field)


class Shape(NamedTuple):
    """What a parameter's annotation says."""

    state: type[State[Any]]
    maybe: bool
    guarded: bool
    several: bool
    optional: bool


class Load(NamedTuple):
    """A parameter as what must be loaded for it."""

    name: str
    shape: Shape
    heads: tuple[str, ...]
    getters: tuple[Callable[[Any], Any] | None, ...]
    climb: str | None

    def streams(self, values: Mapping[str, Any]) -> tuple[str, ...] | None:
        """The streams that these values name; None where an id on the way is None."""
        ids: list[Any] = []
        for head, getter in zip(self.heads, self.getters, strict=True):
            value = values[head]
            found = value if getter is None or value is None else getter(value)
            if found is None:
                return None
            ids.append(found)
        kind = self.shape.state.kind
        if not self.shape.several or self.climb:
            return (stream_name(kind, tuple(ids)),)
        return tuple(stream_name(kind, each) for each in _spread(ids))


def _spread(ids: Sequence[Any]) -> Iterator[tuple[UUID, ...]]:
    """`(channel, [a, b])` as `(channel, a), (channel, b)`."""
    length = next(len(i) for i in ids if isinstance(i, tuple))
    for n in range(length):
        yield tuple(i[n] if isinstance(i, tuple) else i for i in ids)


def shape(hint: Any) -> Shape | None:
    """What an annotation asks for, or None if it is no state."""
    several = get_origin(hint) is tuple
    if several:
        hint = get_args(hint)[0]
    marks: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *found = get_args(hint)
        marks = tuple(found)
    optional = get_origin(hint) in (Union, UnionType)
    if optional:
        [hint] = [arg for arg in get_args(hint) if arg is not NoneType]
    if not (inspect.isclass(hint) and issubclass(hint, State)):
        return None
    return Shape(hint, "maybe" in marks, "unguarded" not in marks, several, optional)


def plan(where: str, command: type[Command], *functions: Callable[..., Any]) -> list[Load]:
    """The parameters of rules and a decision as loads, each after those whose fields name it."""
    wanted = _wanted(where, functions)
    known: dict[str, Any] = {"command": command, "actor": PersonId}
    ordered: list[Load] = []
    while wanted:
        name = next((n for n, (_, key) in wanted.items() if not _heads(key) & wanted.keys()), None)
        if name is None:
            raise TypeError(f"{where}: {', '.join(wanted)} name each other's streams in a circle")
        wants, key = wanted.pop(name)
        paths = _full(key)
        _check(where, name, wants, paths, known)
        heads = tuple(path.partition(".")[0] for path in paths)
        getters = tuple(attrgetter(path.partition(".")[2]) if "." in path else None for path in paths)
        ordered.append(Load(name, wants, heads, getters, key.climb))
        known[name] = wants.state
    return ordered


def _wanted(where: str, functions: tuple[Callable[..., Any], ...]) -> dict[str, tuple[Shape, By]]:
    wanted: dict[str, tuple[Shape, By]] = {}
    for function in functions:
        hints = get_type_hints(function, include_extras=True)
        for name, parameter in inspect.signature(function).parameters.items():
            if name == "command" or (name in GIVEN and hints.get(name) is GIVEN[name]):
                continue
            found = shape(hints.get(name))
            if found is None:
                shown = getattr(hints.get(name), "__name__", hints.get(name))
                raise TypeError(
                    f"{where}: `{name}: {shown}` is neither a state nor one of command, actor: PersonId, now: datetime"
                )
            key = parameter.default if isinstance(parameter.default, By) else By((name,))
            before = wanted.setdefault(name, (found, key))
            if before != (found, key):
                raise TypeError(
                    f"{where}: `{name}` is declared twice and not alike: {before[0].state.__name__} by {before[1].paths}"
                    f" and {found.state.__name__} by {key.paths}"
                )
    return wanted


def _full(key: By) -> tuple[str, ...]:
    return tuple(path if path == "actor" or "." in path else f"command.{path}" for path in key.paths)


def _heads(key: By) -> set[str]:
    return {path.partition(".")[0] for path in _full(key)}


def _check(where: str, name: str, wants: Shape, paths: tuple[str, ...], known: Mapping[str, Any]) -> None:
    needs, state = wants.state.key, wants.state.__name__
    if len(paths) != len(needs):
        names = ", ".join(_shown(k) for k in needs)
        raise TypeError(f"{where}: `{name}: {state}` is named by {names}; say by(…) with {len(needs)} ids")
    for path, needed in zip(paths, needs, strict=True):
        head, _, tail = path.partition(".")
        found = known.get(head) if not tail else get_type_hints(known[head]).get(tail) if head in known else None
        options = {found, *get_args(found)}
        if needed not in options:
            shown = "not there" if found is None else _shown(found)
            raise TypeError(f"{where}: `{name}: {state}` is named by a {_shown(needed)}, but `{path}` is {shown}; say by(…)")


def _shown(hint: Any) -> str:
    return str(getattr(hint, "__name__", hint))
