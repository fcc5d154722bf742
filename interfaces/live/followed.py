"""What can be followed live: the rows of each read model whose declaration says so, in its word `live`."""

from collections.abc import Callable, Mapping
from functools import cache
from types import NoneType
from typing import Any, NamedTuple, cast, get_args, get_type_hints
from uuid import UUID

from domain.kernel.events import Event, Recorded, describe
from projections.engine.feeds import FEEDS, Feed
from projections.engine.members import LIVE_ALL, LIVE_OURS, LIVE_OWN, MODELS, Declared, Many, One, snake
from projections.engine.registry import models

EVERYTHING = UUID(int=0)
"""In place of a container: all rows of a model that the viewer may see."""
OWNERS = ("person", "author")
"""The relations that say whose row it is: the first of these that there is."""


class Followed(NamedTuple):
    """A field of the subscription's root: the changes of a `model`'s rows.

    Of those that the relation `by` leads to one container; where that is None, of all. `own`: the container is the viewer.
    `places_name`: the model whose rows say by the same relation which containers are the viewer's, if all of these are followed.
    """

    name: str
    model_name: str
    by: str | None
    own: bool = False
    places_name: str | None = None

    @property
    def model(self) -> Declared:
        """The model of the rows."""
        return MODELS[self.model_name]

    @property
    def container(self) -> Declared | None:
        """The model that the rows belong to, where one of them is chosen."""
        return None if self.own or self.places_name else self.within

    @property
    def places(self) -> Declared:
        """The model that says which containers are whose. Raises KeyError where it isn't asked for these."""
        return MODELS[self.places_name or ""]

    @property
    def within(self) -> Declared | None:
        """The model that the rows belong to."""
        return self.relation.targets[0] if self.relation else None

    @property
    def relation(self) -> One | None:
        """The relation that leads from a row to its container."""
        if self.by is None:
            return None
        relation = self.model.members.get(self.by)
        if not isinstance(relation, One) or relation.union:
            raise TypeError(f"{self.model_name} is followed by `{self.by}`, which is no relation to one model")
        return relation

    @property
    def row(self) -> str:
        """What the row is called in a change."""
        return snake(self.model_name)

    @property
    def doc(self) -> str:
        """What the schema says of the field."""
        rows = plural(self.row).replace("_", " ")
        if self.own:
            return f"What happens to your own {rows}, from now on or from a position."
        if self.by is None:
            return f"What happens to the {rows} that you may see, from now on or from a position."
        if self.places_name:
            within = plural(self.by).replace("_", " ")
            return f"What happens to the {rows} of all {within} of yours, as you come and go, from now on or from a position."
        return f"What happens to the {rows} of a {self.by.replace('_', ' ')}, from now on or from a position."


def followed() -> tuple[Followed, ...]:
    """Every field of the subscription's root. Raises TypeError, in words, for what can't be followed."""
    found: dict[str, Followed] = {}
    for model in models().values():
        for word in model.live:
            if model.view is not None:
                raise TypeError(f"{model.name} is a view: follow what it is made of")
            each = _followed(model, word)
            if found.setdefault(each.name, each) is not each:
                raise TypeError(f"two subscriptions are named {each.name}")
            _ = each.relation, triggers(each)
    return tuple(found[name] for name in sorted(found))


def _followed(model: Declared, word: str) -> Followed:
    rows = plural(snake(model.name))
    if word == LIVE_OWN:
        return Followed(f"my_{rows}", model.name, next((name for name in OWNERS if name in model.members), OWNERS[0]), own=True)
    if word.startswith(LIVE_OURS):
        places = cast(Many, MODELS["Person"].members[word.removeprefix(LIVE_OURS)]).target
        [by] = [each.name for each in places.relations if each.target_names == _targets(model, each.name)]
        return Followed(f"{rows}_of_my_{plural(by)}", model.name, by, places_name=places.name)
    return Followed(rows, model.name, None if word == LIVE_ALL else word)


def _targets(model: Declared, name: str) -> tuple[str, ...] | None:
    relation = model.members.get(name)
    return relation.target_names if isinstance(relation, One) and relation.targets != (MODELS["Person"],) else None


def plural(name: str) -> str:
    """The usual plural of an English word."""
    if name.endswith("y"):
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith("sh") else f"{name}s"


Keys = Callable[[Recorded[Any]], tuple[UUID, ...]]


class Beside(NamedTuple):
    """Rows of another model that an event changes, which not everybody sees who sees the followed row: who doesn't isn't told."""

    model_name: str
    keys: Keys

    @property
    def model(self) -> Declared:
        """The model of those rows."""
        return MODELS[self.model_name]


class Trigger(NamedTuple):
    """An event that changes followed rows: its name in the schema, its description, and which rows it changes.

    `deletes`: the rows may be gone after it. `beside`: what else has to be seen by who is told of it.
    """

    name: str
    doc: str
    keys: Keys
    deletes: bool = False
    beside: Beside | None = None


def triggers(followed: Followed) -> Mapping[str, Trigger]:
    """By wire name without version, the events that change a model's rows, or rows that point to one by an id in the event.

    Where all rows are followed, only those that change the rows themselves: else each message would change its channel.
    """
    found: dict[str, Trigger] = {}
    model = followed.model
    for event, feeds in FEEDS.items():
        for feed in feeds:
            if feed.model is model and feed.lookup:
                raise TypeError(f"{model.name} can't be followed: {feed.name} finds rows that its events don't name")
            trigger = _changing(event, feed) if feed.model is model else _touching(event, feed, model) if followed.by else None
            known = found.get(_base(event))
            if trigger and (known is None or feed.model is model or (known.beside and not trigger.beside)):
                found[_base(event)] = trigger
    return dict(sorted(found.items()))


def _changing(event: type[Event], feed: Feed) -> Trigger:
    """The event changes the followed rows themselves."""
    return Trigger(_name(event), describe(event), feed.keys, deletes=_deletes(feed))


def _touching(event: type[Event], feed: Feed, model: Declared) -> Trigger | None:
    """The event changes rows that belong to a followed one, which it names: a reaction and its message."""
    inherits = _inherits(feed.model, model)
    keys = _pointing(event, feed.model, model, inherits=inherits)
    if keys is None:
        return None
    if inherits:
        return Trigger(_name(event), describe(event), keys)
    if feed.lookup or _deletes(feed):
        return None  # who saw the row can't be said any more
    return Trigger(_name(event), describe(event), keys, beside=Beside(feed.model.name, feed.keys))


def _inherits(changed: Declared, model: Declared) -> bool:
    """Whether everybody who sees a row of `model` sees the rows of `changed` that belong to it."""
    while changed.visible_through and not changed.unless:
        relation = changed.members[changed.visible_through]
        [changed] = relation.targets if isinstance(relation, One) else ()
        if changed is model:
            return True
    return False


def _name(event: type[Event]) -> str:
    return _base(event).rpartition(".")[2].upper()


def _deletes(feed: Feed) -> bool:
    return feed.takes_row and _may_be_none(feed.change)


def _base(event: type[Event]) -> str:
    return event.wire.rpartition(".v")[0]


def _may_be_none(change: Callable[..., Any]) -> bool:
    result = get_type_hints(change)["return"]
    return NoneType in (result, *get_args(result))


def _pointing(event: type[Event], changed: Declared, model: Declared, *, inherits: bool) -> Keys | None:
    """How an event names the row that the changed ones belong to; None where it doesn't."""
    hints, wanted = _hints(event), f"{model.name}Id"
    for relation in changed.relations:
        name = relation.name
        if relation.target_names == (model.name,) and getattr(hints.get(name), "__name__", "") == wanted:
            return lambda said: (getattr(said.event, name),)
    name = snake(model.name)
    if inherits and wanted in (getattr(hint, "__name__", "") for hint in get_args(hints.get(name))):
        return lambda said: tuple(key for key in (getattr(said.event, name),) if key is not None)
    return None


@cache
def _hints(event: type[Event]) -> Mapping[str, Any]:
    return get_type_hints(event)
