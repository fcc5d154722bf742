"""How a timer is declared: its signature says what falls due for it and all that it may ever do."""

import inspect
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from application.ports.agenda import Due
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId
from domain.kernel.refusals import Refusal

C = TypeVar("C", bound=Command, covariant=True)


class Issue(NamedTuple, Generic[C]):
    """A command to be issued. With `on_behalf_of` the rule is asked for that person, as if they asked for it at this moment;
    without, the timer's own authority stands for it."""

    command: C
    on_behalf_of: PersonId | None = None


Steps = AsyncGenerator[Issue[C], Refusal | None]
"""What a timer does about one row: commands one after another, each answered with the refusal that it met, or None."""

F = TypeVar("F", bound=Callable[..., AsyncGenerator[Any, Any]])


class Timer(NamedTuple):
    """A declared timer. `due` is the read model's column that it watches; `may` are the command types in its return type;
    `reads` are the ports that it asks, by parameter."""

    name: str
    due: type[Due]
    may: tuple[type[Command], ...]
    act: Callable[..., Steps[Command]]
    reads: Mapping[str, type]


TIMERS: dict[str, Timer] = {}
"""Every timer by its name; the name is part of the ids of its commands, so it never changes."""


def timer(act: F) -> F:
    """Declares a timer: `async (due: ADueRow, a_port: APort, …) -> Steps[ACommand | AnotherCommand]`.

    Ids of commands are derived from the timer, the row, its due time and their order: whatever the number of times a row is
    seen, by however many processes, each is done once. So a command says the due time that it was issued for, and what
    decides it does nothing where that is no longer the time; and whatever comes of it moves the row's due time or empties it.
    """
    name, hints = act.__name__, get_type_hints(act)
    may = _commands(hints.pop("return", None))
    if not may:
        raise TypeError(f"timer {name}: say what it may do, `-> Steps[ACommand]`")
    first, *ports = hints.items() or ((None, None),)
    if not (inspect.isclass(first[1]) and issubclass(first[1], Due) and first[1] is not Due):
        raise TypeError(f"timer {name}: say what falls due for it, `(due: ADueRow)`")
    if name in TIMERS:
        raise TypeError(f"two timers are named {name}: {TIMERS[name].act.__module__} and {act.__module__}")
    TIMERS[name] = Timer(name, first[1], may, act, dict(ports))
    return act


def _commands(hint: Any) -> tuple[type[Command], ...]:
    """The `A, B` of `Steps[A | B]`; nothing where that isn't what stands there."""
    issue = get_args(hint)[:1]
    if get_origin(hint) is not AsyncGenerator or get_origin(issue[0]) is not Issue:
        return ()
    (inner,) = get_args(issue[0])
    found = get_args(inner) or (inner,)
    return found if all(inspect.isclass(c) and issubclass(c, Command) for c in found) else ()
