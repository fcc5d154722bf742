"""What is declared wrongly says so at import, in words."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, NewType, assert_never
from uuid import UUID

import pytest
from pydantic import Field

from domain.directory.events.person import PersonJoined
from domain.kernel.commands import Command
from domain.kernel.decisions import DECIDERS, Decider, decider_of, decides
from domain.kernel.events import Event, catalogue, marks
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import Shape, by, climb, shape
from domain.kernel.personal import Authored, Contained, Erased, Personal
from domain.kernel.refusals import Refusal
from domain.kernel.rules import Check
from domain.kernel.states import NOTHING, Events, Maybe, State, Unguarded
from domain.kernel.upcasts import upcast

ShelfId = NewType("ShelfId", UUID)
BookId = NewType("BookId", UUID)


class BookShelved(Event, wire="library.book_shelved.v1"):
    """It stands on a shelf."""


class Shelf(State[BookShelved], kind="declared.shelf", key=(ShelfId,)):
    above: ShelfId | None = None
    owner: PersonId | None = None


class Book(State[BookShelved], kind="declared.book", key=(BookId,)):
    shelf: ShelfId | None = None

    def evolve(self, event: BookShelved) -> "Book":
        match event:
            case BookShelved():
                return self
            case _:
                assert_never(event)


class Loan(State[BookShelved], kind="declared.loan", key=(BookId, PersonId)):
    pass


class Lend(Command):
    """Lend books."""

    book: BookId
    books: tuple[BookId, ...] = ()
    shelf: ShelfId | None = None
    place: UUID = Field(default=UUID(int=0))

    @property
    def first(self) -> BookId:
        return self.book


class NotHere(Refusal, frozen=True):
    """It is elsewhere."""


anyone = Check("anyone", lambda: True)


def no_state(command: Lend, book: str) -> Events:
    return NOTHING


def wrong_id(command: Lend, book: Book = by("place")) -> Events:
    return NOTHING


def no_field(command: Lend, novel: Book) -> Events:
    return NOTHING


def too_few(command: Lend, loan: Loan = by("book")) -> Events:
    return NOTHING


def too_many(command: Lend, book: Book = by("book", "actor")) -> Events:
    return NOTHING


def in_a_circle(command: Lend, a: Shelf = by("b.above"), b: Shelf = by("a.above")) -> Events:
    return NOTHING


def one_for_a_list(command: Lend, books: Book) -> Events:
    return NOTHING


def a_list_for_one(command: Lend, book: tuple[Book, ...]) -> Events:
    return NOTHING


def through_several(command: Lend, books: tuple[Book, ...], shelf: Shelf = by("books.shelf")) -> Events:
    return NOTHING


def may_be_none(command: Lend, shelf: Shelf) -> Events:
    return NOTHING


def rests_on_what_may_be_none(command: Lend, shelf: Shelf | None, above: Shelf = by("shelf.above")) -> Events:
    return NOTHING


def climbs_alone(command: Lend, shelf: Shelf | None = climb("shelf", "above")) -> Events:
    return NOTHING


def climbs_elsewhere(command: Lend, shelf: tuple[Shelf, ...] | None = climb("shelf", "owner")) -> Events:
    return NOTHING


def no_answer(command: Lend, book: Book) -> None: ...


def answers_otherwise(command: Lend, book: Book) -> Events | str:
    return NOTHING


def no_command(book: Book) -> Events:
    return NOTHING


def wrong_actor(command: Lend, actor: UUID) -> Events:
    return NOTHING


@pytest.mark.parametrize(
    ("decide", "words"),
    [
        (no_state, "`book: str` is neither a state nor one of command, actor: PersonId, now: datetime"),
        (wrong_actor, "`actor: UUID` is neither a state"),
        (wrong_id, "`book: Book` is named by a BookId, but `command.place` is UUID; say by(…)"),
        (no_field, "`command.novel` is not there"),
        (too_few, "`loan: Loan` is named by BookId, PersonId; say by(…) with 2 ids"),
        (too_many, "`book: Book` is named by BookId; say by(…) with 1 ids"),
        (in_a_circle, "a, b name each other's streams in a circle"),
        (one_for_a_list, "`books: Book` is named by a list of ids; say `tuple[Book, ...]`"),
        (a_list_for_one, "`book: tuple[Book, ...]` must be named by one list of ids, and command.book holds 0"),
        (through_several, "`shelf: Shelf` can't be named by `books.shelf`: `books` is several states"),
        (may_be_none, "`command.shelf` may be None; say `shelf: Shelf | None`"),
        (rests_on_what_may_be_none, "`shelf.above` may be None; say `above: Shelf | None`"),
        (climbs_alone, "a climb gives a chain of states; say `tuple[Shelf, ...]`"),
        (climbs_elsewhere, "and doesn't name the next one up"),
        (no_answer, "it must return `Events`, or `Events | ARefusal`"),
        (answers_otherwise, "it must return `Events`, or `Events | ARefusal`"),
        (no_command, "the first parameter must be `command: ACommand`"),
    ],
)
def test_a_decision(decide: Callable[..., Any], words: str) -> None:
    with pytest.raises(TypeError) as wrong:
        decides(allowed=anyone)(decide)
    assert words in str(wrong.value)
    assert decide.__name__ in str(wrong.value)
    assert Lend not in DECIDERS


def test_a_decision_without_a_rule() -> None:
    with pytest.raises(TypeError, match="say who may"):
        decides(allowed=None)(no_field)  # type: ignore[arg-type]  # what is tested is that it is refused


def test_two_decisions_on_one_command() -> None:
    class Shelve(Command):
        """Put books in their place."""

        book: BookId

    def shelve(command: Shelve, book: Book) -> Events:
        return NOTHING

    shelve.__annotations__["command"] = Shelve
    decides(allowed=anyone)(shelve)
    try:
        with pytest.raises(TypeError, match=r"Shelve is decided by .*shelve already"):
            decides(allowed=anyone)(shelve)
    finally:
        del DECIDERS[Shelve]


def test_nothing_decides_a_command() -> None:
    with pytest.raises(KeyError, match="nothing decides Lend: is its context imported"):
        decider_of(Lend)


def test_rule_and_decision_that_declare_one_parameter_differently() -> None:
    def mine(book: Book = by("first")) -> bool:
        return book.exists

    def lend(command: Lend, book: Maybe[Book]) -> Events:
        return NOTHING

    with pytest.raises(
        TypeError,
        match=r"`book` is declared twice and not alike: as Book by command.first, and as Maybe.Book. by command.book",
    ):
        Decider(Lend, lend, anyone & (anyone | Check("mine", mine)))


def test_two_ways_to_say_the_same_agree() -> None:
    def mine(book: Book = by("command.book")) -> bool:
        return book.exists

    def lend(command: Lend, book: Book) -> Events:
        return NOTHING

    assert [load.name for load in Decider(Lend, lend, Check("mine", mine)).loads] == ["book"]


def test_a_property_names_a_stream() -> None:
    def lend(command: Lend, book: Book = by("first")) -> Events | NotHere:
        return NOTHING

    decider = Decider(Lend, lend, anyone)
    assert decider.loads[0].heads == ("command",)
    assert decider.refusals == (NotHere,)


@pytest.mark.parametrize(
    ("hint", "read"),
    [
        (Book, Shape(Book, False, True, False, False)),
        (Maybe[Book], Shape(Book, True, True, False, False)),
        (Unguarded[Book], Shape(Book, False, False, False, False)),
        (Unguarded[Maybe[Book]], Shape(Book, True, False, False, False)),
        (Book | None, Shape(Book, False, True, False, True)),
        (Maybe[Book] | None, Shape(Book, True, True, False, True)),
        (tuple[Maybe[Book], ...], Shape(Book, True, True, True, False)),
        (tuple[Book, ...] | None, Shape(Book, False, True, True, True)),
        (tuple[Book, Book], None),
        (Book | Shelf, None),
        (Book | Shelf | None, None),
        (str, None),
        (None, None),
    ],
)
def test_what_an_annotation_says(hint: Any, read: Shape | None) -> None:
    assert shape(hint) == read


@pytest.mark.parametrize("hint", [Book, Maybe[Book], Unguarded[Book], tuple[Maybe[Book], ...] | None])
def test_a_shape_is_written_as_it_is_declared(hint: Any) -> None:
    written = str(shape(hint))
    assert shape(eval(written, {"Book": Book, "Maybe": Maybe, "Unguarded": Unguarded})) == shape(hint)  # noqa: S307  its own text


def test_events() -> None:
    class NoWire(Event):
        """It happened."""

    class NoWords(Event, wire="declared.no_words.v1"):
        pass

    class Nobodys(Event, wire="declared.nobodys.v1"):
        """It was said."""

        text: Authored[str]

    class NotErasable(Event, wire="declared.not_erasable.v1"):
        """It was said."""

        author: PersonId
        text: Annotated[str, Personal("author")]

    class Nowhere(Event, wire="declared.nowhere.v1"):
        """It was written."""

        text: Annotated[str | Erased, Contained("shelf")]

    class SameName(Event, wire=PersonJoined.wire):
        """It was said."""

    for event, words in (
        (NoWire, "needs a wire name"),
        (NoWords, "needs a docstring"),
        (Nobodys, "has no field `author: PersonId`"),
        (NotErasable, "its type must be `T | Erased`"),
        (Nowhere, "belongs to `shelf`, but the event has no such field"),
        (SameName, f"SameName and {PersonJoined.__name__} have the same wire name"),
    ):
        with pytest.raises(TypeError, match=words):
            catalogue(event)
    assert marks(Nobodys) == {"text": Personal("author")}


def test_states() -> None:
    with pytest.raises(TypeError, match=r"both the state of declared\.book"):

        class Another(State[BookShelved], kind="declared.book", key=(BookId,)):
            pass

    with pytest.raises(TypeError, match="needs a kind of stream"):

        class NoKind(State[BookShelved], kind="declared", key=(BookId,)):
            pass

    with pytest.raises(TypeError, match="every field of NoFirst needs a first value"):

        class NoFirst(State[BookShelved], kind="declared.no_first", key=(BookId,)):
            due: datetime


def test_refusals_have_names_of_their_own() -> None:
    with pytest.raises(TypeError, match="two refusals are named NotHere"):

        class NotHere(Refusal, frozen=True):
            """It is gone."""


def test_upcasts_go_one_version_further() -> None:
    with pytest.raises(TypeError, match="from one version to the next"):
        upcast("declared.said.v1", "declared.said.v3")
    with pytest.raises(TypeError, match="from one version to the next"):
        upcast("declared.said.v1", "declared.told.v2")
