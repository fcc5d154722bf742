"""The compiled path answers as graphql-core does with naive resolvers: generated queries, over the same rows, by everybody."""

import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from infra.postgres.connections import Connections
from interfaces.graphql.compiler import few, lists, objects, reads
from interfaces.graphql.compiler.rows import Rows
from projections.engine.members import Declared
from tests.graphql.club import Club, served, told
from tests.graphql.generator import Query
from tests.graphql.oracle import Oracle
from tests.graphql.world import Maker
from tests.support.postgres import fresh_database

QUERIES = int(os.environ.get("ONRECORD_TEST_QUERIES", "150"))


@pytest.fixture(scope="module")
async def club(postgres_server: str, database_template: str) -> AsyncIterator[Club]:
    with fresh_database(postgres_server, database_template) as database:
        async with Connections(database.application) as connections:
            with served(database, connections, Maker(7).make()) as club:
                yield club


@pytest.fixture(autouse=True)
def _much_is_more_than_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are read both ways: from what is seen, and through all."""
    monkeypatch.setattr(few, "FEW", 2)


class Comparison:
    """Asks both about generated queries."""

    def __init__(self, club: Club, seed: int) -> None:
        self.club, self.rng = club, random.Random(seed)
        self.kinds: Counter[str] = Counter()

    async def differences(self, count: int) -> AsyncIterator[str]:
        """Where the two differ, in words."""
        for _ in range(count):
            query = Query(self.rng, self.club.schema, self.club.world)
            # The second time the statement is known, and its parameters are others.
            for values in (query.values, query.other_values()):
                if found := await self.difference(query.text, values):
                    yield found

    async def difference(self, text: str, values: dict[str, Any]) -> str | None:
        viewer = self.rng.choice([*self.club.world["Gardener"]])
        compiled = await self.club.ask(text, values, viewer)
        self.kinds["whole" if not compiled.errors else "with errors" if compiled.begun else "refused"] += 1
        if not compiled.begun:
            return None
        has, expected = told(compiled), told(Oracle(self.club.schema, self.club.world, viewer).answer(text, values))
        return None if has == expected else f"{text}\n{values}\n{viewer}\n{has}\n{expected}"


async def test_the_same_answers(club: Club) -> None:
    comparison = Comparison(club, seed=1)
    async for found in comparison.differences(QUERIES):
        pytest.fail(found)
    kinds = comparison.kinds
    assert kinds["whole"] > QUERIES // 3, kinds
    assert kinds["with errors"], kinds
    assert kinds["refused"] < QUERIES // 3, kinds


def everything_is_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rows, "visible", lambda *args: "true")


def containers_are_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Declared, "visible_through", property(lambda model: None))
    monkeypatch.setattr(Rows, "expand", lambda self, sql, *args: "true" if sql == "garden" else EXPAND(self, sql, *args))


def pages_begin_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists.Page, "_bounds", lambda *args: [])


def texts_differ_by_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(lists.OPERATORS, "contains", "strpos({column}, {value}) > 0")


def what_is_seen_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(few, "_ids", lambda *_: "select null::uuid where false")


def shapes_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "shape", lambda variables: ())


def nulls_stay_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "is_non_null_type", lambda type_: False)


def signs_are_about_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "cases", lambda value, branches: branches[0][1])


EXPAND = Rows.expand
FAULTS = [
    everything_is_visible,
    containers_are_visible,
    pages_begin_anywhere,
    texts_differ_by_case,
    what_is_seen_is_not_found,
    shapes_are_ignored,
    nulls_stay_where_they_are,
    signs_are_about_anything,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_a_fault_is_found(club: Club, monkeypatch: pytest.MonkeyPatch, fault: Callable[[pytest.MonkeyPatch], None]) -> None:
    fault(monkeypatch)
    club.service.reads.known.entries.clear()
    try:
        assert await anext(Comparison(club, seed=4).differences(2_000), None)
    except LookupError:
        assert fault is shapes_are_ignored, "a statement of another shape looks for arguments that aren't there"
    finally:
        club.service.reads.known.entries.clear()


async def test_an_object_may_have_any_number_of_fields(club: Club) -> None:
    fields = " ".join(f"f{n}: {('name', 'kind', 'budget', 'openedAt')[n % 4]}" for n in range(170))
    viewer = next(iter(club.world["Gardener"]))
    query = f"{{ gardens(first: 3) {{ nodes {{ {fields} }} }} }}"
    compiled = await club.ask(query, {}, viewer)
    assert told(compiled) == told(Oracle(club.schema, club.world, viewer).answer(query, {}))


async def test_a_statement_is_known_by_all_that_its_text_depends_on(club: Club) -> None:
    viewer = next(iter(club.world["Gardener"]))
    query = """query ($order: GardenOrder!, $filter: GardenFilter, $more: Boolean!) {
        gardens(orderBy: $order, filter: $filter) { nodes { name motto @include(if: $more) } }
    }"""
    filters = [None, {}, {"name": None}, {"name": {"eq": "alpha"}}, {"name": {"eq": None}}, {"name": {"any": ["alpha", "Beta"]}}]
    for order in ("NAME_ASC", "NAME_DESC", "MOTTO_ASC"):
        for given in filters:
            for more in (True, False):
                values = {"order": order, "filter": given, "more": more}
                expected = Oracle(club.schema, club.world, viewer).answer(query, values)
                assert told(await club.ask(query, values, viewer)) == told(expected), values
