"""Which function has what to do with which event, as far as that is known before rows are loaded."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from domain.kernel.events import Event, Recorded
from projections.engine.feeds import Feed
from projections.engine.model import Model
from projections.engine.store import Slot, Wanted


class Step(NamedTuple):
    """One event for one function: the rows that it makes, or the keys of those that it changes, or why neither is known.

    With an `error`, the keys are those that it may have been about.
    """

    feed: Feed
    said: Recorded[Event]
    keys: tuple[UUID, ...]
    made: tuple[Model, ...]
    error: Exception | None


def step(feed: Feed, said: Recorded[Event]) -> Step:
    """Runs what can be run before rows are loaded: making rows, and saying which rows are changed."""
    try:
        if feed.takes_row:
            return Step(feed, said, () if feed.lookup else feed.keys(said), (), None)
        made = feed.change(said)
        return Step(feed, said, (), tuple(made) if feed.several else () if made is None else (made,), None)
    except Exception as error:  # noqa: BLE001 (whatever a read model's function raises is that event's fault, not the engine's)
        return Step(feed, said, _suspected(feed, said), (), error)


def wanted(slot: Slot, steps: Iterable[Step], *, made: bool) -> Wanted:
    """The rows that these steps need; with `made`, those that they make as well, to see whether they are there."""
    ids: set[UUID] = set()
    lookups: dict[str, set[UUID]] = {}
    for each in steps:
        ids.update(each.keys if each.feed.takes_row or made else ())
        if made:
            ids.update(row.id for row in each.made)
        if each.feed.lookup:
            lookups.setdefault(each.feed.lookup.column, set()).add(each.feed.lookup.value(each.said))
    return Wanted(slot, ids, lookups)


def feeds_of(slot: Slot, all_feeds: Mapping[type[Event], Sequence[Feed]]) -> dict[type[Event], Feed]:
    """For each event that changes this table, the function that says how."""
    return {event: feed for event, feeds in all_feeds.items() for feed in feeds if feed.model is slot.model}


def _suspected(feed: Feed, said: Recorded[Any]) -> tuple[UUID, ...]:
    try:
        return feed.keys(said) or (said.thing,)
    except Exception:  # noqa: BLE001 (the function that names the keys is what failed)
        return (said.thing,)
