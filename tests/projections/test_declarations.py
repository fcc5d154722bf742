"""What doesn't fit together in a read model's file is an error when the file is imported, in words."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

import pytest

from domain.directory.events.person import PersonJoined, PersonRenamed
from domain.kernel.events import Recorded
from projections.directory.person import Person
from projections.engine import registry
from projections.engine.feeds import FEEDS, feeds
from projections.engine.fields import Formula, Maybe, OneOf, To, column, computed, formula, many, one, replace
from projections.engine.members import MODELS, Column, Function, Many, One
from projections.engine.model import Model
from projections.engine.reading import LISTS
from projections.engine.values import Ref
from projections.messaging.message import Message


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Models that a test declares are forgotten."""
    registry.models()
    models, fed = dict(MODELS), {event: list(known) for event, known in FEEDS.items()}
    members = {name: dict(model.members) for name, model in models.items()}
    yield
    LISTS.clear()
    MODELS.clear()
    MODELS.update(models)
    FEEDS.clear()
    FEEDS.update(fed)
    for name, known in members.items():
        MODELS[name].members.clear()
        MODELS[name].members.update(known)


def test_a_class_is_table_type_and_row() -> None:
    class Desk(Model, visible="person", version=3):
        """A place to work."""

        number: int = column("Painted on it.", order=True, filter=("eq",))
        kind: Literal["sitting", "standing"] = column(
            "How one works there.", default="sitting", choices={"sitting": "On a chair.", "standing": "On one's feet."}
        )
        person: To[Person] = one("Whose it is.", inverse=many("desks", "Where they work.", order="-number"))
        before: Maybe[Person] = one("Whose it was.", default=None)
        subject: OneOf[Person | Message] = one("What it is about.")
        neighbours: Formula[int] = formula("select count(*)::integer from {desk}", "How many there are.")

        @computed("number")
        def label(self) -> str:
            """As it is written on the door."""
            return f"desk {self.number}"

    registry.finish()
    declared = Desk.declared
    assert declared.table == "projections_desk_v3"
    assert list(declared.members) == ["id", "number", "kind", "person", "before", "subject", "neighbours", "label"]
    desks = MODELS["Person"].members["desks"]
    assert isinstance(desks, Many)
    assert (desks.target, desks.by, desks.order, desks.descending) == (declared, "person", "number", True)
    person, subject, label = (declared.members[name] for name in ("person", "subject", "label"))
    assert isinstance(person, One)
    assert (person.inherited, person.nullable) == (True, False)
    assert isinstance(subject, One)
    assert (subject.union, subject.type_column, subject.nullable) == (True, "subject_type", True)
    assert isinstance(label, Function)
    kind = declared.members["kind"]
    assert isinstance(kind, Column)
    assert kind.type.choices == ("sitting", "standing")

    ann = uuid4()
    row = Desk(id=uuid4(), number=7, person=ann, subject=Ref("Person", ann))
    assert (row.kind, row.person, row.label()) == ("sitting", ann, "desk 7")
    assert replace(row, number=8).number == 8
    with pytest.raises(AttributeError):
        row.number = 9  # type: ignore[misc]  # rows are frozen


def undescribed() -> None:
    class Desk(Model, visible="true"):
        """A place."""

        number: int


def unseen() -> None:
    class Desk(Model):
        """A place."""

        number: int = column("Painted on it.")


def unknown_type() -> None:
    class Desk(Model, visible="true"):
        """A place."""

        size: complex = column("How large.")


def undocumented() -> None:
    class Desk(Model, visible="true"):
        number: int = column("Painted on it.")


def unordered() -> None:
    class Desk(Model, visible="true"):
        """A place."""

        since: datetime | None = column("Since when.", order=True)


def half_described() -> None:
    class Desk(Model, visible="true"):
        """A place."""

        kind: Literal["sitting", "standing"] = column("How.", choices={"sitting": "On a chair."})


def twice() -> None:
    class Person(Model, visible="true"):
        """Somebody else."""


def no_relation() -> None:
    class Desk(Model, visible="true"):
        """A place."""

        person: To[UUID] = one("Whose.")


def lost_relation() -> None:
    class Desk(Model, visible="true"):
        """A place."""

        room: "To[Room]" = one("Where.")  # type: ignore[name-defined]  # noqa: F821 (that is what is tested)

    registry.finish()


def list_twice() -> None:
    class Desk(Model, visible="true"):
        """A place."""

        number: int = column("Painted on it.", order=True)
        person: To[Person] = one("Whose.", inverse=many("messages", "Where they work.", order="number"))

    registry.finish()


def list_unordered() -> None:
    class Desk(Model, visible="true"):
        """A place."""

        number: int = column("Painted on it.")
        person: To[Person] = one("Whose.", inverse=many("desks", "Where they work.", order="number"))

    registry.finish()


def unknown_table() -> None:
    class Desk(Model, visible="exists (select from {chair})"):
        """A place."""

    registry.finish()


def visible_through_nothing() -> None:
    class Desk(Model, visible="room"):
        """A place."""

    registry.finish()


def name_too_long() -> None:
    class TheDeskOfSomebodyWhoWorksInTheNorthernBuilding(Model, visible="true"):
        """A place."""

    registry.finish()


def fed_twice() -> None:
    @feeds()
    def again(said: Recorded[PersonJoined]) -> Person:
        raise NotImplementedError


def wrong_field() -> None:
    @feeds(by="somebody")
    def renamed(row: Message, said: Recorded[PersonRenamed]) -> Message:
        return row


def wrong_column() -> None:
    @feeds(where={"text": "thing"})
    def renamed(row: Message, said: Recorded[PersonRenamed]) -> Message:
        return row


def wrong_row() -> None:
    @feeds()
    def renamed(row: Message, said: Recorded[PersonRenamed]) -> Person:
        raise NotImplementedError


def deletes_nothing() -> None:
    @feeds()
    def renamed(said: Recorded[PersonRenamed]) -> None:
        return None


def several_of_one() -> None:
    @feeds()
    def renamed(row: Message, said: Recorded[PersonRenamed]) -> Iterable[Message]:
        return [row]


def no_event() -> None:
    @feeds()
    def renamed(row: Message, said: PersonRenamed) -> Message:
        return row


@pytest.mark.parametrize(
    ("declare", "words"),
    [
        (undescribed, 'Desk.number needs a description: number: … = column("What it is.")'),
        (unseen, 'Desk must say who may see a row: class Desk(Model, visible="…")'),
        (unknown_type, "Desk.size: <class 'complex'> is no type of a column; relations are declared with one(…)"),
        (undocumented, "Desk needs a docstring: it is the type's description in the schema"),
        (unordered, "Desk.since can't be an order: rows without a value would have no place in it"),
        (half_described, "Desk.kind: `choices` must describe each value of its Literal, and nothing else"),
        (twice, "there are two read models Person: projections.directory.person and tests.projections.test_declarations"),
        (no_relation, "Desk.person: a relation is annotated To[Model], Maybe[Model] or OneOf[Model | Other]"),
        (lost_relation, "Desk.room leads to Room, which is no read model"),
        (list_twice, "Person.messages is declared twice; Desk.person is one of them"),
        (list_unordered, "Person.desks is ordered by `number`, which is no column with order=True"),
        (unknown_table, "Desk's visible names {chair}: it must be {this}, {viewer}, a read model's table or {seen_…} of one"),
        (visible_through_nothing, "Desk is visible through `room`, which is none of its relations"),
        (name_too_long, "TheDeskOfSomebodyWhoWorksInTheNorthernBuilding: its table would be called "),
        (fed_twice, "again: PersonJoined feeds Person already, in projections.directory.person.joined"),
        (wrong_field, "renamed: PersonRenamed has no field `somebody`"),
        (wrong_column, "renamed: `text` must be a relation of Message to one model, with an index"),
        (wrong_row, "renamed: `row` and what is returned must be one read model's row, or None"),
        (deletes_nothing, "renamed: `row` and what is returned must be one read model's row, or None"),
        (several_of_one, "renamed: a function that takes a row returns that row or None"),
        (no_event, "renamed: `said` must be Recorded[AnEvent] or Recorded[AnEvent | Other]"),
    ],
)
def test_what_does_not_fit_is_said_in_words(declare: Callable[[], Any], words: str) -> None:
    with pytest.raises(TypeError) as refused:
        declare()
    assert words in str(refused.value)
