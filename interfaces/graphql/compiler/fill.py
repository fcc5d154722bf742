"""Values that SQL left places for: computed in Python, or an error where an argument was wrong."""

from collections.abc import Iterator, Sequence
from inspect import isawaitable
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

from graphql import GraphQLError, GraphQLOutputType, get_named_type, is_non_null_type

from interfaces.graphql.compiler.values import from_json, to_json
from interfaces.graphql.excerpts import Excerpts
from interfaces.graphql.lookups import Looked, Lookups, Shape, shown
from interfaces.graphql.proofs import Answered, Proofs
from projections.engine.members import Function
from projections.engine.values import ValueType


class Step(NamedTuple):
    """A key on the way to a place, and whether GraphQL lets null stand there."""

    key: str
    nullable: bool


class Place(NamedTuple):
    """A place in the answer that SQL marked with `{"$": number, …}`: a function's inputs, or nothing where there is an error."""

    path: tuple[Step, ...]
    member: Function | Answered | Looked | Excerpts | None
    type: GraphQLOutputType | None
    error: GraphQLError | None
    needs: tuple[tuple[str, ValueType], ...] = ()
    node: Any = None
    shape: Shape = ()


class Spot(NamedTuple):
    """A container on the way to a place, and the key within it; items of lists are never null."""

    holder: Any
    key: str | int
    nullable: bool


async def fill(
    data: Any, places: Sequence[Place], proofs: Proofs | None = None, lookups: Lookups | None = None
) -> tuple[Any, list[GraphQLError]]:
    """Fills the places; where that fails, null goes up to the nearest place that may be null, as GraphQL says."""
    errors: list[GraphQLError] = []
    top = {"data": data}
    for number, place in enumerate(places):
        for inputs, trail in list(_spots(top["data"], place.path)):
            if not (isinstance(inputs, dict) and inputs.get("$") == number and _attached(top, trail)):
                continue
            try:
                trail[-1].holder[trail[-1].key] = await _value(place, inputs, proofs, lookups)
            except Exception as error:  # noqa: BLE001 (whatever a function raises belongs to its field)
                errors = _bubble(top, trail, error, place, errors)
    return top["data"], errors


def _spots(value: Any, path: tuple[Step, ...], trail: tuple[Spot, ...] = ()) -> Iterator[tuple[Any, tuple[Spot, ...]]]:
    """Every place that a path leads to, through lists."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _spots(item, path, (*trail, Spot(value, number, nullable=False)))
    elif not path:
        yield value, trail
    elif isinstance(value, dict) and path[0].key in value:
        step = path[0]
        yield from _spots(value[step.key], path[1:], (*trail, Spot(value, step.key, step.nullable)))


def _attached(top: dict[str, Any], trail: tuple[Spot, ...]) -> bool:
    """Whether the place is still part of the answer: what is around it may have become null since it was found."""
    holders = [top["data"], *(spot.holder[spot.key] for spot in trail[:-1])]
    return all(spot.holder is holder for spot, holder in zip(trail, holders, strict=True))


async def _value(place: Place, inputs: dict[str, Any], proofs: Proofs | None, lookups: Lookups | None) -> Any:
    if place.member is None or place.type is None:
        raise place.error or LookupError("a place with nothing to put there")
    if isinstance(place.member, Excerpts):
        return place.member.of(inputs["text"], inputs["query"])
    if isinstance(place.member, Answered):
        return None if proofs is None else await place.member.call(proofs, UUID(inputs["viewer"]), int(inputs["position"]))
    if isinstance(place.member, Looked):
        if lookups is None:
            raise GraphQLError("Nothing looks back here.")
        found = await place.member.call(lookups, UUID(inputs["viewer"]), inputs)
        return shown(found, place.shape, get_named_type(place.type).name)
    row = SimpleNamespace(**{name: from_json(kind, inputs[name]) for name, kind in place.needs})
    value = place.member.call(row)
    value = await value if isawaitable(value) else value
    if value is None:
        if is_non_null_type(place.type):
            raise TypeError(f"{place.member.name} computed nothing, which its type doesn't allow")
        return None
    return to_json(get_named_type(place.type), value)


def _bubble(
    top: dict[str, Any], trail: tuple[Spot, ...], error: Exception, place: Place, errors: list[GraphQLError]
) -> list[GraphQLError]:
    depth = max((number for number, spot in enumerate(trail, 1) if spot.nullable), default=0)
    spot = trail[depth - 1] if depth else Spot(top, "data", nullable=True)
    spot.holder[spot.key] = None
    where = [spot.key for spot in trail]
    if isinstance(error, GraphQLError):
        located = GraphQLError(error.message, nodes=error.nodes or place.node, path=where, extensions=error.extensions)
    else:
        located = GraphQLError("fault", nodes=place.node, path=where, original_error=error)
    # What went wrong inside of what is now null is no longer of interest.
    kept = [e for e in errors if (e.path or [])[:depth] != where[:depth] or not depth]
    return [*(kept if depth else []), located]
