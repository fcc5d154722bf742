"""How a policy is declared: its signature says what it waits for, what it reads and all that it may ever do."""

import inspect
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar, get_args, get_type_hints

from domain.kernel.commands import Command
from domain.kernel.events import Event, Recorded

Wishes = Iterable[Command] | AsyncIterable[Command]
F = TypeVar("F", bound=Callable[..., Wishes])


class Policy(NamedTuple):
    """A declared policy. `may` are the command types in its return type; `reads` are the ports that it asks, by parameter."""

    name: str
    events: tuple[type[Event], ...]
    may: tuple[type[Command], ...]
    act: Callable[..., Wishes]
    reads: Mapping[str, type]

    async def wishes(self, said: Recorded[Any], ports: Mapping[str, Any]) -> list[Command]:
        """The commands that it issues because of an event, in order."""
        found = self.act(said, **ports)
        return [each async for each in found] if isinstance(found, AsyncIterable) else list(found)


POLICIES: dict[str, Policy] = {}
"""Every policy by its name; the name is part of the ids of its commands, so it never changes."""


def policy(act: F) -> F:
    """Declares a policy: `(said: Recorded[AnEvent], a_port: APort, …) -> Iterator[ACommand]`; one that reads through a port
    is `async` and gives an AsyncIterator.

    It must answer the same for the same event: its commands' ids are derived from the event, the policy and their order,
    so that seeing an event twice does nothing twice. Imported events are not shown to policies.
    """
    name, hints = act.__name__, get_type_hints(act)
    wants, (first, said), *ports = hints.pop("return", None), *hints.items()
    may = _alternatives(wants)
    if not may or not all(inspect.isclass(c) and issubclass(c, Command) for c in may):
        raise TypeError(f"policy {name}: say what it may do, `-> Iterator[ACommand]`")
    events = _alternatives(said)
    if not events or not all(inspect.isclass(e) and issubclass(e, Event) for e in events):
        raise TypeError(f"policy {name}: say what it waits for, `{first}: Recorded[AnEvent]`")
    if name in POLICIES:
        raise TypeError(f"two policies are named {name}: {POLICIES[name].act.__module__} and {act.__module__}")
    POLICIES[name] = Policy(name, events, may, act, dict(ports))
    return act


def _alternatives(hint: Any) -> tuple[Any, ...]:
    """The `A, B` of `Iterator[A | B]`."""
    inner = get_args(hint)
    return (get_args(inner[0]) or inner[:1]) if inner else ()
