"""Recorded events for tests: said in order, each at the next position."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from domain.kernel.events import Context, Event, Recorded, marks
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import Erased

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ROOT = UUID("6f1c1a4e-1111-4222-8333-944455556666")


def an_id(name: str) -> UUID:
    """The identifier that a test means by a name."""
    return uuid5(ROOT, name)


def person(name: str) -> PersonId:
    return PersonId(an_id(name))


class Story:
    """A history in the making. Personal values have the key of (owner, month of the story)."""

    def __init__(self) -> None:
        self.recorded: list[Recorded[Event]] = []
        self.month = 1

    def say(self, kind: str, thing: UUID, event: Event, *, actor: PersonId | None = None, imported: str | None = None) -> None:
        """Something happens next."""
        position = len(self.recorded) + 1
        moment = START + timedelta(minutes=position)
        self.recorded.append(
            Recorded(
                event,
                position,
                moment,
                moment,
                an_id(f"event {position}"),
                f"{kind}/{thing}",
                1,
                actor,
                context=Context(imported=imported),
                keys=dict(self._keys(event)),
            )
        )

    def key(self, owner: UUID) -> UUID:
        """The key that values of this owner are under now."""
        return an_id(f"key {owner} {self.month}")

    def _keys(self, event: Event) -> Iterator[tuple[str, UUID]]:
        for field, mark in marks(type(event)).items():
            yield field, self.key(getattr(event, mark.of))


def erased(recorded: list[Recorded[Event]], keys: set[UUID]) -> list[Recorded[Event]]:
    """The history as it is read after these keys were destroyed."""
    return [_without(said, keys) for said in recorded]


def _without(said: Recorded[Event], keys: set[UUID]) -> Recorded[Event]:
    gone = {field for field, key in said.keys.items() if key in keys}
    if not gone:
        return said
    fields = {name: Erased() if name in gone else getattr(said.event, name) for name in said.event.__struct_fields__}
    values = {name: getattr(said, name) for name in said.__struct_fields__}
    return Recorded(**(values | {"event": type(said.event)(**fields)}))
