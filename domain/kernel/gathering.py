"""Gathering the states of one parameter from those at hand; how is worked out when it is declared, not for each command."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import msgspec

from domain.kernel.identifiers import stream_name
from domain.kernel.loads import DEPTH, Load
from domain.kernel.states import State

Missing = set[tuple[type[State[Any]], str]]
"""States that are not at hand yet, by class and stream."""
View = Callable[[type[State[Any]], str], State[Any] | None]
"""Gives a state that is at hand, or None: then it is loaded, and the decision taken again."""

Values = Mapping[str, Any]
"""What parameters are filled from, by name: the command, the actor, the time, and the states gathered so far."""
Gather = Callable[[Values, View, Missing], Any]
"""Gives a state, or a tuple of them; None where an id was None; PENDING where something went into `missing` instead."""
PENDING: Final = object()


class Step(msgspec.Struct, frozen=True, gc=False):
    """The gathering of one parameter. `after` are those that must be gathered before it."""

    load: Load
    name: str
    after: frozenset[str]
    gather: Gather
    guarded: bool
    must_exist: bool
    must_be_named: bool

    def lacks(self, found: Any) -> bool:
        """Whether one of these, which must exist, doesn't."""
        if type(found) is tuple:
            return not all(state.version for state in found)
        return not found.version


def step(load: Load, own: Collection[str]) -> Step:
    """The gathering of a parameter; `own` are those of the decision itself, which needs each that it doesn't allow to be None."""
    shape = load.shape
    gather = _chain(load, load.climb) if load.climb else _each(load) if shape.several else _one(load)
    needed = load.name in own and not shape.optional
    return Step(load, load.name, frozenset(load.after), gather, shape.guarded, not shape.maybe, needed)


def _one(load: Load) -> Gather:
    state, new, named = load.shape.state, load.shape.new, load.named

    def gather(values: Values, view: View, missing: Missing) -> Any:
        stream = named(values)
        if stream is None:
            return None
        found = view(state, stream)
        if found is None:
            if new:
                return state(stream=stream)
            missing.add((state, stream))
            return PENDING
        return found

    return gather


def _each(load: Load) -> Gather:
    state, named = load.shape.state, load.named

    def gather(values: Values, view: View, missing: Missing) -> Any:
        streams = named(values)
        if not streams:
            return streams
        found = [view(state, stream) for stream in streams]
        if None not in found:
            return tuple(found)
        missing.update((state, stream) for stream, seen in zip(streams, found, strict=True) if seen is None)
        return PENDING

    return gather


def _chain(load: Load, above: str) -> Gather:
    state, named = load.shape.state, load.named

    def gather(values: Values, view: View, missing: Missing) -> Any:
        stream = named(values)
        if stream is None:
            return None
        found: dict[str, State[Any]] = {}
        while len(found) < DEPTH:
            seen = view(state, stream)
            if seen is None:
                missing.add((state, stream))
                return PENDING
            found[stream] = seen
            upper = getattr(seen, above)
            if upper is None:
                break
            stream = stream_name(state.kind, (upper,))
            if stream in found:
                break  # states of different moments only make a circle: the guards find out
        return tuple(found.values())

    return gather


def versions(read: Mapping[str, Any], names: Collection[str]) -> dict[str, int]:
    """The streams of these parameters, with their versions, in the order in which they were read."""
    found: dict[str, int] = {}
    for name, states in read.items():
        if name in names:
            for state in states if type(states) is tuple else (states,):
                found[state.stream] = state.version
    return found
