"""Gathering the states of one parameter from those at hand."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from domain.kernel.identifiers import stream_name
from domain.kernel.loads import DEPTH, Load
from domain.kernel.states import State

Missing = set[tuple[type[State[Any]], str]]
"""States that are not at hand yet, by class and stream."""
View = Callable[[type[State[Any]], str], State[Any] | None]
"""Gives a state that is at hand, or None: then it is loaded, and the decision taken again."""


class Found(NamedTuple):
    """What there is for a parameter: its states; whether one that must exist doesn't; whether an id was None."""

    states: tuple[State[Any], ...]
    absent: bool = False
    unnamed: bool = False


def gather(load: Load, values: dict[str, Any], view: View, missing: Missing) -> Found | None:
    """A parameter's states; what isn't at hand goes into `missing`, and then there is nothing to be had yet."""
    streams = load.streams(values)
    if streams is None:
        return Found((), unnamed=True)
    if len(streams) == 1 and not load.climb:
        state = view(load.shape.state, streams[0])
        if state is None and load.shape.new:
            state = load.shape.state(stream=streams[0])
        if state is None:
            missing.add((load.shape.state, streams[0]))
            return None
        return Found((state,), absent=not (load.shape.maybe or state.version))
    found: dict[str, State[Any]] = {}
    pending, complete = list(streams), True
    while pending:
        stream = pending.pop(0)
        state = view(load.shape.state, stream)
        if state is None:
            missing.add((load.shape.state, stream))
            complete = False
            continue
        found[stream] = state
        if load.climb and len(found) < DEPTH and (above := getattr(state, load.climb)) is not None:
            name = stream_name(load.shape.state.kind, (above,))
            if name in found:
                raise RuntimeError(f"{load.name}: the chain of {stream} runs in a circle")
            pending.append(name)
    if not complete:
        return None
    states = tuple(found.values()) if load.climb else tuple(found[stream] for stream in streams)
    return Found(states, absent=not load.shape.maybe and not all(state.exists for state in states))


def flat(versions: Mapping[str, Mapping[str, int]], names: Collection[str]) -> dict[str, int]:
    """The guarded streams of these parameters, with their versions."""
    return {stream: version for name, streams in versions.items() if name in names for stream, version in streams.items()}
