"""What can be followed live: for each, the rows of one model that belong to one container."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, get_type_hints
from uuid import UUID

from domain.kernel.events import Event, Recorded, describe
from projections.engine.feeds import FEEDS
from projections.engine.members import MODELS, Declared, One, snake


class Followed(NamedTuple):
    """A field of the subscription's root: the changes of a `model`'s rows that `by` leads to one container."""

    name: str
    model_name: str
    by: str
    doc: str

    @property
    def model(self) -> Declared:
        """The model of the rows."""
        return MODELS[self.model_name]

    @property
    def container(self) -> Declared:
        """The model that the rows belong to."""
        return self.relation.targets[0]

    @property
    def relation(self) -> One:
        """The relation that leads from a row to its container."""
        relation = self.model.members[self.by]
        if not isinstance(relation, One) or relation.union:
            raise TypeError(f"{self.name} follows {self.model_name} by `{self.by}`, which is no relation to one model")
        return relation

    @property
    def row(self) -> str:
        """What the row is called in a change."""
        return snake(self.model_name)


FOLLOWED: tuple[Followed, ...] = (
    Followed("inbox", "InboxItem", "person", "What happens in your inbox, from now on or from a position; others' are silent."),
    Followed("messages", "Message", "channel", "What happens to the messages of a channel, from now on or from a position."),
)

Keys = Callable[[Recorded[Any]], tuple[UUID, ...]]


class Trigger(NamedTuple):
    """An event that changes followed rows: its name in the schema, its description, and which rows it changes."""

    name: str
    doc: str
    keys: Keys


def triggers(model: Declared) -> Mapping[str, Trigger]:
    """By wire name without version, the events that change a model's rows, or rows that point to one by an id in the event."""
    found: dict[str, Trigger] = {}
    for event, feeds in FEEDS.items():
        for feed in feeds:
            keys = feed.keys if feed.model is model else _pointing(event, feed.model, model)
            if keys is not None and (feed.model is model or _base(event) not in found):
                found[_base(event)] = Trigger(_base(event).rpartition(".")[2].upper(), describe(event), keys)
    return dict(sorted(found.items()))


def _base(event: type[Event]) -> str:
    return event.wire.rpartition(".v")[0]


def _pointing(event: type[Event], changed: Declared, model: Declared) -> Keys | None:
    """Rows of another model changed, and the event names the row that they point to: a reaction and its message."""
    hints = get_type_hints(event)
    for relation in changed.relations:
        named = getattr(hints.get(relation.name), "__name__", "")
        if relation.target_names == (model.name,) and named == f"{model.name}Id":
            name = relation.name
            return lambda said: (getattr(said.event, name),)
    return None
