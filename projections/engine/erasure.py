"""Which events end the readability of personal values, so that the engine blanks what came from them, and which restore it."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, get_args, get_type_hints
from uuid import UUID

from domain.kernel.events import Event, Recorded

F = TypeVar("F", bound=Callable[[Any], Iterable[UUID]])

ERASES: dict[type[Event], Callable[[Recorded[Any]], Iterable[UUID]]] = {}
"""For each such event, the function that says which data keys it put out of use."""


def erases(withdrawn: F) -> F:
    """`(said: Recorded[AnEvent]) -> Iterable[UUID]`: the data keys whose values may no longer be shown."""
    (said,) = get_args(get_type_hints(withdrawn)["said"])
    for event in get_args(said) or (said,):
        if event in ERASES:
            raise TypeError(
                f"{withdrawn.__module__}.{withdrawn.__name__}: what {event.__name__} erases is said elsewhere already"
            )
        ERASES[event] = withdrawn
    return withdrawn


RESTORES: set[type[Event]] = set()
"""The events after which values can be read again that read models had to leave out."""


def restores(event: type[Event]) -> None:
    """Declares that tables with personal values are to be rebuilt after such an event."""
    RESTORES.add(event)
