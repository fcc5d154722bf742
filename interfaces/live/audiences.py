"""Who follows what: subscriptions by the field, the form and the places that they follow."""

from collections.abc import Collection, Iterator, Mapping
from itertools import chain
from uuid import UUID

from interfaces.live.audience import Form
from interfaces.live.subscriber import Audience, Subscriber


class Audiences:
    """Every subscription of an organisation in this process, where it is to be found when something happens."""

    def __init__(self) -> None:
        self._everybody: dict[str, dict[Subscriber, None]] = {}
        self._fields: dict[str, dict[Form, dict[UUID, Audience]]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._everybody.values()))

    def __iter__(self) -> Iterator[Subscriber]:
        return chain.from_iterable([[*same] for same in self._everybody.values()])

    @property
    def fields(self) -> Collection[str]:
        """The names of the fields that somebody follows."""
        return [*self._fields]

    def following(self, field: str) -> Collection[Subscriber]:
        """Those who follow a field, in places or nowhere yet: as they are at each moment, not as they were when asked for."""
        return self._everybody.get(field, {}).keys()

    def forms(self, field: str) -> Mapping[Form, Mapping[UUID, Audience]]:
        """The audiences of a field: in each form, of each place."""
        return self._fields.get(field, {})

    def enter(self, subscriber: Subscriber, places: Collection[UUID]) -> None:
        """From now on the subscriber follows these places."""
        self._everybody.setdefault(subscriber.form.name, {})[subscriber] = None
        self.move(subscriber, places)

    def move(self, subscriber: Subscriber, places: Collection[UUID]) -> None:
        """The subscriber, if it is still there, follows these places and no others."""
        if subscriber not in self._everybody.get(subscriber.form.name, ()):
            return
        wanted = frozenset(places)
        for place in wanted - subscriber.places:
            found = self._fields.setdefault(subscriber.form.name, {}).setdefault(subscriber.form, {})
            found.setdefault(place, Audience()).add(subscriber)
        for place in subscriber.places - wanted:
            self._discard(subscriber, place)
        subscriber.places = wanted

    def leave(self, subscriber: Subscriber) -> None:
        """The subscriber follows nothing any more."""
        self.move(subscriber, ())
        self._everybody.get(subscriber.form.name, {}).pop(subscriber, None)

    def _discard(self, subscriber: Subscriber, place: UUID) -> None:
        forms = self._fields[subscriber.form.name]
        places = forms[subscriber.form]
        places[place].discard(subscriber)
        if not places[place]:
            del places[place]
            if not places:
                del forms[subscriber.form]
            if not forms:
                del self._fields[subscriber.form.name]
