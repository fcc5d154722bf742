"""Histories of every event that feeds a read model, made from the events' own types: no new model or event is left out.

They needn't make sense, only hit the same few rows again and again.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

import msgspec
from msgspec import NODEFAULT
from msgspec.structs import fields

from domain.compliance.events import DataKeyDestroyed
from domain.kernel.events import Event
from infra.serialisation.plans import plan_of
from projections.engine.erasure import ERASES
from projections.engine.feeds import FEEDS
from projections.engine.registry import models
from tests.projections.plain import Plain
from tests.projections.stories import Story, an_id

IDS = [an_id(f"anything {number}") for number in range(6)]
WORDS = ["hello 上海", "你好", "a", "The plan, again: 明天开会", "👍", ""]
MOMENT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
FAULTS = 0.02
"""The share of events that a row can't take."""

WITHDRAWN = 0.02

Numbers = tuple[int, int]


class Chance:
    """Values of any type that an event can have."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def event(self, kind: type[Event]) -> Event:
        """An event of a type."""
        return kind(**{name: self.value(hint) for name, hint in plan_of(kind).types.items()})

    def value(self, hint: Any) -> Any:
        """A value of a type. Raises TypeError for one that isn't known here."""
        if hasattr(hint, "__supertype__"):
            return self.value(hint.__supertype__)
        origin, inner = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self.value(inner[0])
        if origin is Literal:
            return self.random.choice(inner)
        if origin in (Union, UnionType):
            return self.value(self.random.choice(inner))
        if origin is not None:
            return self._several(origin, inner)
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            return hint(**{each.name: self.value(each.type) for each in fields(hint) if self._said(each)})
        return self._plain(hint)

    def _said(self, each: Any) -> bool:
        required = each.default is NODEFAULT and each.default_factory is NODEFAULT
        return required or self.random.random() < 0.5

    def _several(self, origin: Any, inner: tuple[Any, ...]) -> Any:
        count = self.random.randrange(3)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {self.value(inner[0]): self.value(inner[1]) for _ in range(count)}
        if origin is tuple and not (len(inner) == 2 and inner[1] is Ellipsis):
            return tuple(self.value(each) for each in inner)
        if isinstance(origin, type) and issubclass(origin, Iterable):
            values = [self.value(inner[0]) for _ in range(count)]
            made: Any = origin
            return made(values)
        raise TypeError(f"{origin} in an event: say here how a value of it is made")

    def _plain(self, hint: Any) -> Any:
        number = self.random.randrange(6)
        match hint:
            case type() if hint is NoneType:
                return None
            case type() if issubclass(hint, UUID):
                return IDS[number]
            case type() if hint is str:
                return WORDS[number]
            case type() if hint is bool:
                return number > 2
            case type() if hint is int:
                return number
            case type() if hint is datetime:
                return MOMENT + timedelta(minutes=number)
            case type() if hint is date:
                return MOMENT.date() + timedelta(days=number)
            case type() if hint is time:
                return time(8 + number)
            case type() if hint is timedelta:
                return timedelta(minutes=number)
            case type() if hint is Decimal:
                return Decimal(number) / 4
            case type() if hint is bytes:
                return bytes([number])
        raise TypeError(f"{hint} in an event: say here how a value of it is made")


def anything(numbers: Numbers, *, faults: float = FAULTS, only: Collection[type[Event]] = ()) -> tuple[Story, Plain]:
    """A history out of a seed and a length, of all events or of `only` these, and what read models come to by it."""
    models()
    chance, story, plain = Chance(numbers[0]), Story(), Plain()
    kinds = sorted((kind for kind in only or FEEDS if kind not in ERASES), key=lambda kind: kind.wire)
    withdrawn: set[UUID] = set()
    for _ in range(numbers[1]):
        before = len(story.recorded)
        if chance.random.random() < WITHDRAWN:
            _withdraw(chance, story, withdrawn)
        else:
            _say(chance, story, plain, chance.random.choice(kinds), faults)
        for said in story.recorded[before:]:
            plain.tell(said)
    return story, plain


def _say(chance: Chance, story: Story, plain: Plain, kind: type[Event], faults: float) -> None:
    """One that rows can take; a few times one that they can't."""
    fault = chance.random.random() < faults
    for _ in range(8):
        actor = chance.random.choice([*IDS, None])
        story.say("test.thing", chance.random.choice(IDS), chance.event(kind), actor=actor)  # type: ignore[arg-type]
        if plain.takes(story.recorded[-1]) is not fault:
            return
        story.recorded.pop()


def _withdraw(chance: Chance, story: Story, withdrawn: set[UUID]) -> None:
    """A key that was used goes; nothing is sealed with it any more."""
    used = sorted({key for said in story.recorded for key in said.keys.values()} - withdrawn)
    if used:
        key = chance.random.choice(used)
        withdrawn.add(key)
        story.say("compliance.key", key, DataKeyDestroyed(ground="requested"))
        story.month += 1
