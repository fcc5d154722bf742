"""How the declarations of a rule and a decision become a plan of loads, and what is said where they don't hold together."""

import inspect
from collections.abc import Callable, Mapping
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from domain.kernel.commands import Command
from domain.kernel.loads import GIVEN, By, Load, Shape, by, namer, shape


def plan(where: str, command: type[Command], *functions: Callable[..., Any]) -> list[Load]:
    """The parameters of rules and a decision as loads, each after those whose fields name it.

    Raises TypeError, in words, where a declaration doesn't hold together.
    """
    wanted = _wanted(where, functions)
    known: dict[str, Any] = {"command": command, **GIVEN}
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
            found = None if name in GIVEN else shape(hints.get(name))
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
    named = namer(wants.state.kind, key.paths, spread=wants.several and not key.climb)
    return Load(name, wants, heads, after, named, key.climb, nullable)


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
