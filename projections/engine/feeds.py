"""How events reach rows: functions whose signatures say which events make, change or delete the rows of which model."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from domain.kernel.events import Event, Recorded
from projections.engine.members import Declared, One
from projections.engine.model import Model

F = TypeVar("F", bound=Callable[..., Model | Iterable[Model] | None])
Keys = Callable[[Recorded[Any]], UUID | Iterable[UUID]]

OF_THE_LOG = frozenset({"thing", "actor", "id"})
"""What `by` and `where` may name beside the event's own fields: attributes of `Recorded`."""


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """Rows are found by a column: those where `column`, a relation, holds the id that `value` takes from what was recorded."""

    column: str
    value: Callable[[Recorded[Any]], UUID]


@dataclass(frozen=True, kw_only=True)
class Feed:
    """One function. `takes_row`: it changes rows, found by `keys` or `lookup`; else it makes them.

    `optional`: the row may be absent. `several`: it returns rows instead of one. `of_thing`: the rows are found by the id of the
    stream's thing; `by_function`: by what a function says of what was recorded.
    """

    name: str
    model: Declared
    change: Callable[..., Any]
    takes_row: bool
    optional: bool
    several: bool
    of_thing: bool
    by_function: bool
    keys: Callable[[Recorded[Any]], tuple[UUID, ...]]
    lookup: Lookup | None


FEEDS: dict[type[Event], list[Feed]] = {}
"""What each event feeds."""


def feeds(*, by: str | Keys | None = None, where: Mapping[str, str] | None = None) -> Callable[[F], F]:
    """Declares how an event changes the rows of a model; the signature says which.

    `(said: Recorded[AnEvent]) -> ARow` makes a row that must not be there yet, `-> Iterable[ARow]` several, `-> ARow | None` one
    or none. `(row: ARow, said: …) -> ARow` changes a row that must be there, `row: ARow | None` one that may be there; a function
    that takes a row and returns None deletes it. `Recorded[AnEvent | Other]` is fed by both.

    The row is the one whose id is the event's stream's. `by` names another: a field of the event that holds its id or several,
    or a function of what was recorded. `where={"channel": "thing"}` finds all rows whose relation `channel` holds the stream's id
    (`thing`), the `actor`, or a field of the event. The function must be pure: it runs again in every rebuild.
    Raises TypeError, in words.
    """

    def declare(change: F) -> F:
        named = f"{change.__module__}.{change.__name__}"
        hints = get_type_hints(change)
        if not set(hints) <= {"row", "said", "return"} or "said" not in hints or "return" not in hints:
            raise TypeError(f"{named}: write (said: Recorded[AnEvent]) -> ARow or (row: ARow, said: Recorded[AnEvent]) -> ARow")
        row, takes_row, optional = _row(hints.get("row"))
        result, several = _result(hints["return"])
        model = row or result
        if model is None or (row and result and row is not result):
            raise TypeError(f"{named}: `row` and what is returned must be one read model's row, or None")
        events = _events(named, hints["said"])
        if not takes_row and (where or hints["return"] is NoneType):
            raise TypeError(f"{named}: only a function that takes a row can find rows or delete them")
        if takes_row and several:
            raise TypeError(f"{named}: a function that takes a row returns that row or None")
        if by and where:
            raise TypeError(f"{named}: `by` and `where` are two ways to say which rows")
        if model.declared.view is not None:
            raise TypeError(f"{named}: {model.__name__} is a view: what it shows is fed elsewhere")
        if model.declared.derived is not None:
            raise TypeError(f"{named}: {model.__name__} is a set: what it is made of is fed elsewhere")
        feed = Feed(
            name=named,
            model=model.declared,
            change=change,
            takes_row=takes_row,
            optional=optional,
            several=several,
            of_thing=by is None and (not where or set(where.values()) == {"thing"}),
            by_function=callable(by),
            keys=_keys(named, by, events),
            lookup=_lookup(named, model.declared, where, events),
        )
        for event in events:
            if other := next((known for known in FEEDS.get(event, ()) if known.model is feed.model), None):
                raise TypeError(f"{named}: {event.__name__} feeds {model.__name__} already, in {other.name}")
            FEEDS.setdefault(event, []).append(feed)
        return change

    return declare


def _row(hint: Any) -> tuple[type[Model] | None, bool, bool]:
    if hint is None:
        return None, False, False
    return _model(hint), True, NoneType in get_args(hint)


def _result(hint: Any) -> tuple[type[Model] | None, bool]:
    if inspect.isclass(get_origin(hint)) and issubclass(get_origin(hint), Iterable):
        return _model(get_args(hint)[0]), True
    return _model(hint), False


def _model(hint: Any) -> type[Model] | None:
    parts = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    models = [part for part in parts if inspect.isclass(part) and issubclass(part, Model)]
    return models[0] if len(models) == 1 else None


def _events(named: str, hint: Any) -> tuple[type[Event], ...]:
    (inner,) = get_args(hint) if get_origin(hint) is Recorded else (None,)
    parts = get_args(inner) if get_origin(inner) in (Union, UnionType) else (inner,)
    if not all(inspect.isclass(part) and issubclass(part, Event) for part in parts):
        raise TypeError(f"{named}: `said` must be Recorded[AnEvent] or Recorded[AnEvent | Other]")
    return parts


def _keys(named: str, by: str | Keys | None, events: tuple[type[Event], ...]) -> Callable[[Recorded[Any]], tuple[UUID, ...]]:
    if by is None:
        return lambda said: (said.thing,)
    value = _value(named, by, events) if isinstance(by, str) else by

    def keys(said: Recorded[Any]) -> tuple[UUID, ...]:
        found = value(said)
        return (found,) if isinstance(found, UUID) else tuple(dict.fromkeys(found or ()))

    return keys


def _lookup(named: str, model: Declared, where: Mapping[str, str] | None, events: tuple[type[Event], ...]) -> Lookup | None:
    if not where:
        return None
    if len(where) > 1:
        raise TypeError(f"{named}: rows are found by one column")
    ((relation, field),) = where.items()
    member = model.members.get(relation)
    if not isinstance(member, One) or member.union or not member.index:
        raise TypeError(f"{named}: `{relation}` must be a relation of {model.name} to one model, with an index")
    return Lookup(column=relation, value=_value(named, field, events))


def _value(named: str, field: str, events: tuple[type[Event], ...]) -> Callable[[Recorded[Any]], Any]:
    if field in OF_THE_LOG:
        return lambda said: getattr(said, field)
    for event in events:
        if field not in event.__struct_fields__:
            raise TypeError(f"{named}: {event.__name__} has no field `{field}`")
    return lambda said: getattr(said.event, field)
