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
DEPTH = 48
"""How far a `climb` goes at most. Decisions that build chains refuse to build longer ones, and so many guards fit into a
row's context."""


class By(NamedTuple):
    """Which ids name a parameter's stream; with `climb`, the field of the state that names the next one up."""

    paths: tuple[str, ...]
    climb: str | None = None


def by(*paths: str) -> Any:
    """The ids that name a parameter's stream: fields of the command, `actor`, or fields of other parameters.

    `by("channel")` is the command's field, `by("message.channel")` another parameter's; `by()` is for a state of which
    there is only one.
    """
    return By(tuple(path if path == "actor" or "." in path else f"command.{path}" for path in paths))


def climb(path: str, field: str) -> Any:
    """A chain of states, nearest first: the one that `path` names, then the one its `field` names, up to the root.

    All of them are guarded. The chain is cut after DEPTH of them.
    """
    return By(by(path).paths, field)


class Shape(NamedTuple):
    """What a parameter's annotation says."""

    state: type[State[Any]]
    maybe: bool
    guarded: bool
    several: bool
    optional: bool

    def __str__(self) -> str:
        name = self.state.__name__
        name = f"Maybe[{name}]" if self.maybe else name
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
    return Shape(hint, "maybe" in marks, "unguarded" not in marks, several, optional)


Namer = Callable[[Mapping[str, Any]], tuple[str, ...] | None]
"""The streams that the values at hand name; None where an id on the way is None."""


class Load(NamedTuple):
    """A parameter as what must be loaded for it.

    `heads` are the values that name its streams, `after` those among them that are loaded themselves; `nullable` says
    whether an id on the way may be None.
    """

    name: str
    shape: Shape
    heads: tuple[str, ...]
    after: tuple[str, ...]
    streams: Namer
    climb: str | None
    nullable: str | None


def _namer(kind: str, paths: Sequence[str], *, spread: bool) -> Namer:
    """Made once per parameter, since it runs for every parameter of every command."""
    steps = [(head, attrgetter(tail) if tail else None) for head, _, tail in (path.partition(".") for path in paths)]

    def one(values: Mapping[str, Any]) -> tuple[str, ...] | None:
        value = values[head]
        if getter is not None and value is not None:
            value = getter(value)
        return None if value is None else (stream_name(kind, (value,)),)

    def several(values: Mapping[str, Any]) -> tuple[str, ...] | None:
        ids: list[Any] = []
        for head, getter in steps:
            value = values[head]
            if getter is not None and value is not None:
                value = getter(value)
            if value is None:
                return None
            ids.append(value)
        return tuple(stream_name(kind, each) for each in _spread(ids)) if spread else (stream_name(kind, tuple(ids)),)

    if len(steps) == 1 and not spread:
        [(head, getter)] = steps
        return one
    return several


def _spread(ids: Sequence[Any]) -> Iterator[tuple[UUID, ...]]:
    """`(channel, [a, b])` as `(channel, a), (channel, b)`."""
    length = next(len(i) for i in ids if isinstance(i, tuple))
    for n in range(length):
        yield tuple(i[n] if isinstance(i, tuple) else i for i in ids)


def plan(where: str, command: type[Command], *functions: Callable[..., Any]) -> list[Load]:
    """The parameters of rules and a decision as loads, each after those whose fields name it.

    Raises TypeError, in words, where a declaration doesn't hold together.
    """
    wanted = _wanted(where, functions)
    known: dict[str, Any] = {"command": command, "actor": PersonId}
    planned: dict[str, Load] = {}
    while wanted:
        name = next((n for n, (_, key) in wanted.items() if not _heads(key) & wanted.keys()), None)
        if name is None:
            raise TypeError(f"{where}: {', '.join(wanted)} name each other's streams in a circle")
        wants, key = wanted.pop(name)
        planned[name] = _load(where, name, wants, key, known, planned)
        known[name] = wants.state
    return [*planned.values()]


def _wanted(where: str, functions: tuple[Callable[..., Any], ...]) -> dict[str, tuple[Shape, By]]:
    wanted: dict[str, tuple[Shape, By]] = {}
    for function in functions:
        hints = get_type_hints(function, include_extras=True)
        for name, parameter in inspect.signature(function).parameters.items():
            if name == "command" or (name in GIVEN and hints.get(name) is GIVEN[name]):
                continue
            found = shape(hints.get(name))
            if found is None:
                raise TypeError(
                    f"{where}: `{name}: {_shown(hints.get(name))}` is neither a state nor one of command, "
                    "actor: PersonId, now: datetime"
                )
            key = parameter.default if isinstance(parameter.default, By) else by(name)
            before = wanted.setdefault(name, (found, key))
            if before != (found, key):
                raise TypeError(
                    f"{where}: `{name}` is declared twice and not alike: as {before[0]} {_said(before[1])}, "
                    f"and as {found} {_said(key)}"
                )
    return wanted


def _heads(key: By) -> set[str]:
    return {path.partition(".")[0] for path in key.paths}


def _load(where: str, name: str, wants: Shape, key: By, known: Mapping[str, Any], planned: Mapping[str, Load]) -> Load:
    needs, says = wants.state.key, f"{where}: `{name}: {wants}`"
    if len(key.paths) != len(needs):
        names = ", ".join(map(_shown, needs)) or "nothing"
        raise TypeError(f"{says} is named by {names}; say by(…) with {len(needs)} ids")
    nullable, lists = None, 0
    for path, needed in zip(key.paths, needs, strict=True):
        head, _, tail = path.partition(".")
        if head in planned and planned[head].shape.several:
            raise TypeError(f"{says} can't be named by `{path}`: `{head}` is several states")
        found = _field(known[head], tail) if tail and head in known else known.get(head)
        bare = _without_none(found)
        many = get_args(bare) == (needed, ...)
        if not many and bare is not needed:
            shown = "not there" if found is None else _shown(found)
            raise TypeError(f"{says} is named by a {_shown(needed)}, but `{path}` is {shown}; say by(…)")
        lists += many
        if (head == "command" and bare is not found) or (head in planned and planned[head].shape.optional):
            nullable = path
    _several(says, wants, key, lists)
    heads = tuple(path.partition(".")[0] for path in key.paths)
    after = tuple(head for head in heads if head in planned)
    namer = _namer(wants.state.kind, key.paths, spread=wants.several and not key.climb)
    return Load(name, wants, heads, after, namer, key.climb, nullable)


def _several(says: str, wants: Shape, key: By, lists: int) -> None:
    """Checks that a list of ids is loaded as a tuple of states, and a chain as well."""
    if key.climb is not None:
        above = _field(wants.state, key.climb)
        if not wants.several or lists:
            raise TypeError(f"{says}: a climb gives a chain of states; say `tuple[{wants.state.__name__}, ...]`")
        if len(wants.state.key) != 1 or _without_none(above) is not wants.state.key[0]:
            raise TypeError(f"{says}: `{key.climb}` is {_shown(above)} and doesn't name the next one up")
    elif wants.several and lists != 1:
        raise TypeError(f"{says} must be named by one list of ids, and {', '.join(key.paths)} holds {lists}")
    elif lists and not wants.several:
        raise TypeError(f"{says} is named by a list of ids; say `tuple[{wants.state.__name__}, ...]`")


def _field(owner: Any, name: str) -> Any:
    """The type of a field, or of a property; None where there is neither."""
    member = getattr(owner, name, None)
    if isinstance(member, property):
        return get_type_hints(member.fget).get("return")
    return get_type_hints(owner).get(name)


def _without_none(hint: Any) -> Any:
    if get_origin(hint) not in (Union, UnionType):
        return hint
    rest = [arg for arg in get_args(hint) if arg is not NoneType]
    return rest[0] if len(rest) == 1 else hint


def _said(key: By) -> str:
    return f"by {', '.join(key.paths) or 'nothing'}" + (f", climbing {key.climb}" if key.climb else "")


def _shown(hint: Any) -> str:
    return str(getattr(hint, "__name__", None) if inspect.isclass(hint) or hasattr(hint, "__supertype__") else hint)
