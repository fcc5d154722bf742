"""Dividing a rebuild among workers: a row belongs to the part of the log's streams that tell of its thing.

That is possible where every row of a model is made and changed by the streams of one thing, which most declarations say and which
is verified of each row that is made. Other models are rebuilt whole, by one more worker.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import cache
from typing import NamedTuple, Protocol

from projections.engine.feeds import FEEDS, Feed
from projections.engine.members import Declared
from projections.engine.steps import Step
from projections.engine.store import Slot

DIVIDED_FROM = 20_000
"""Events from which on starting workers takes less time than they save."""
DIGITS = "0123456789abcdef"
"""A thing's part is told by the last digit of its id, which is as good as random in every kind of UUID."""


class NotLocal(Exception):
    """A row was made that isn't of the stream's thing: its model can't be divided."""

    def __init__(self, model: str) -> None:
        super().__init__(model)
        self.model = model


class Task(NamedTuple):
    """What one worker does: fill these slots with what the things of its digits tell; no digits: all things."""

    slots: tuple[Slot, ...]
    digits: str


Told = Callable[[int, int], None]
"""Told where a task is, by its number."""


class Crew(AbstractAsyncContextManager["Crew"], Protocol):
    """Workers beside this process. They start when there is work for them, and end with the block."""

    count: int

    async def work(self, tasks: Sequence[Task], upto: int, told: Told) -> None:
        """Has each task brought to a position, by a worker of its own.

        Raises NotLocal, PoisonEvent, UnknownEvent, DamagedEvent, Overtaken, StoreUnavailable, LogUnavailable, KeyUnusable.
        """
        ...


def is_local(model: Declared) -> bool:
    """Whether a model's declaration says that its rows are changed by the streams of one thing only.

    A set has no such functions: it is divided by its keys.
    """
    return all(feed.of_thing for feed in _feeds(model) if feed.takes_row)


def parts(count: int) -> list[str]:
    """The digits of so many parts."""
    return [DIGITS[16 * part // count : 16 * (part + 1) // count] for part in range(count)]


def tasks(divided: Mapping[Slot, Collection[Slot]]) -> list[Task]:
    """Who does what: a worker for each part, and one for what isn't divided. `divided`: of each slot its parts, if any."""
    by_digits: dict[str, list[Slot]] = {}
    for slot, made in divided.items():
        for each in made or (slot,):
            by_digits.setdefault(each.part, []).append(each)
    return [Task(tuple(slots), digits) for digits, slots in sorted(by_digits.items())]


def verify(step: Step) -> None:
    """Raises NotLocal where a row that is made can't be found by its stream's thing."""
    if not step.made:
        return
    model, thing = step.feed.model, step.said.thing
    for column in _found_by(model):
        for row in step.made:
            if getattr(row, column) != thing:
                raise NotLocal(model.name)


@cache
def _found_by(model: Declared) -> frozenset[str]:
    """The columns by which rows are found to be changed. Remembered: it is asked for every row that is made."""
    return frozenset(feed.lookup.column if feed.lookup else "id" for feed in _feeds(model) if feed.takes_row)


def _feeds(model: Declared) -> list[Feed]:
    return [feed for feeds in FEEDS.values() for feed in feeds if feed.model is model]
