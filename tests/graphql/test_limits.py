"""Documents that would cost too much are refused before they cost anything, and say what is too much."""

import time
from typing import Any
from uuid import UUID, uuid4

import pytest
from graphql import get_introspection_query

from application.ports.reading import ReadTooLong, ReadUnavailable, SqlValue
from domain.kernel.identifiers import PersonId
from interfaces.graphql.answers import Answer, Request, Session
from interfaces.graphql.compiler.reads import Reads
from interfaces.graphql.compiler.rows import Tables
from interfaces.graphql.ids import global_id
from interfaces.graphql.service import Checked, Service
from tests.graphql.club import AlwaysLevel, NothingDone
from tests.support.schemas import whole_schema

VIEWER = Session(PersonId(UUID(int=1)))


class Asked:
    """A database that only notes what it is asked, or fails."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.values: list[list[SqlValue]] = []

    async def value(self, sql: str, values: object) -> str | None:
        if self.error:
            raise self.error
        self.values.append(list(values))  # type: ignore[call-overload]  # a sequence
        return "{}"


@pytest.fixture(scope="module")
def service() -> Service:
    return Service(whole_schema(), Tables("org_main"), Asked(), AlwaysLevel(), NothingDone())


def messages(answer: Answer | Checked) -> str:
    return " ".join(error.message for error in answer.errors) if isinstance(answer, Answer) else ""


CIRCLES = " ".join(f"fragment F{n} on Query {{ ...F{(n + 1) % 50} ...F{(n + 2) % 50} }}" for n in range(50))
BOMB = " ".join(f"fragment F{n} on Person {{ ...F{n + 1} ...F{n + 1} }}" for n in range(30))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("{ viewer { name } }" + " " * 24_000, "characters"),
        ("{ viewer { " + "name " * 2_600 + "} }", "token"),
        ("{ viewer " + "{ name " * 20 + "} " * 20 + "}", "depth"),
        ("{" + " ".join(f"a{n}: viewer {{ name }}" for n in range(61)) + "}", "aliases"),
        ("{ viewer { " + "name " * 33 + "} }", "repeats"),
        ("{ viewer { name " + "messages { nodes { text } } " * 33 + "} }", "repeats"),
        ("{ viewer { ...F0 } } fragment F30 on Person { name } " + BOMB, "repeats"),
        ("{ ...F0 } " + CIRCLES, "selections"),
        ("{" * 5_000, ""),
        ("query (" + " ".join(f"$a{n}: Int" for n in range(600)) + ") { viewer { name } }", "never used"),
        ("{ viewer { name(x: " + "[" * 1_000 + "]" * 1_000 + ") } }", ""),
        ('{ viewer { name } } """' + "x" * 20_000, ""),
        ("\ufeff{ viewer { n\u0000me } }", ""),
    ],
    ids=lambda value: value[:24].replace(" ", "_") if isinstance(value, str) else None,
)
def test_too_much(service: Service, query: str, said: str) -> None:
    began = time.process_time()
    answer = service.check(Request(query))
    spent = time.process_time() - began
    assert isinstance(answer, Answer)
    assert not answer.begun
    assert said in messages(answer)
    assert spent < 2, "seconds of the processor, even of a busy one"


async def test_our_own_clients_stay_within_the_limits(service: Service) -> None:
    checked = service.check(Request(get_introspection_query(input_value_deprecation=True, directive_is_repeatable=True)))
    assert isinstance(checked, Checked), messages(checked)
    assert "__schema" in (await service.execute(checked, VIEWER)).data


async def test_the_product_of_pages_is_bounded(service: Service) -> None:
    query = """query ($n: Int) {
        channels(first: $n) { nodes { messages(first: $n) { nodes { replies(first: $n) { nodes { id } } } } } }
    }"""
    for size, told in ((20, ""), (50, "rows")):
        checked = service.check(Request(query, {"n": size}))
        assert isinstance(checked, Checked)
        assert told in messages(await service.execute(checked, VIEWER)), size


@pytest.mark.parametrize("error", [ReadUnavailable(), ReadTooLong()], ids=lambda error: type(error).__name__)
async def test_a_database_in_trouble_is_said_to_be(error: Exception) -> None:
    service = Service(whole_schema(), Tables("org_main"), Asked(error), AlwaysLevel(), NothingDone())
    checked = service.check(Request("{ viewer { name } }"))
    assert isinstance(checked, Checked)
    answer = await service.execute(checked, VIEWER)
    assert (answer.begun, answer.status) == (False, 503)
    assert answer.errors


async def test_bad_values_are_told_in_their_place(service: Service) -> None:
    query = """query ($after: String, $text: String, $first: Int) {
        viewer { name }
        channels(after: $after, first: $first, filter: {name: {contains: $text}}) { nodes { id } }
    }"""
    for variables in (
        {"after": "junk"},
        {"after": "W10="},
        {"text": "\0"},
        {"first": 101},
        {"first": -1},
        {"after": "W" * 9_000},
    ):
        checked = service.check(Request(query, variables))
        assert isinstance(checked, Checked)
        statement = service.reads.query(checked.operation, uuid4()).statement
        [place] = statement.places
        assert place.error
        assert [step.key for step in place.path] == ["channels"]


def test_statements_are_remembered_by_shape_and_bounded(service: Service) -> None:
    reads = Reads(Tables("org_main"), service.schema, Asked(), rows=1_000, size=5)

    def prepared(query: str, **variables: Any) -> str:
        checked = service.check(Request(query, variables))
        assert isinstance(checked, Checked)
        return reads.query(checked.operation, uuid4()).statement.sql

    query = "query ($id: ID!, $first: Int) { node(id: $id) { ... on Channel { messages(first: $first) { nodes { text } } } } }"
    here, there = (global_id("Channel", uuid4()) for _ in range(2))
    assert len({prepared(query, id=here, first=1), prepared(query, id=there, first=2)}) == 1
    assert len(reads.known.entries) == 1
    assert prepared(query, id=global_id("Person", uuid4()), first=1) != prepared(query, id=here, first=1)
    for number in range(10):
        prepared(f"{{ a{number}: viewer {{ name }} }}")
    assert len(reads.known.entries) == 5
