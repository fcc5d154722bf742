"""The past is told as the rule says: generated queries as of any moment, against naive resolvers over the rows of then."""

import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from graphql import GraphQLSchema, specified_directives

from infra.postgres.connections import Connections
from infra.postgres.projections.tables import create
from infra.postgres.queries import PooledQueries
from interfaces.graphql.compiler import few, lists, rows
from interfaces.graphql.compiler.past import whole_past_of
from interfaces.graphql.compiler.rows import Rows, Tables
from interfaces.graphql.queries import WAIT_FOR
from interfaces.graphql.schema.reading import Reading
from interfaces.graphql.service import Service
from tests.graphql.club import ROOMY, AlwaysLevel, Club, NothingDone, told
from tests.graphql.garden import planted
from tests.graphql.generator import Query
from tests.graphql.timeline import READS_HISTORY, Clock, Historian, Timeline, tables_of
from tests.support.postgres import Database, fresh_database

QUERIES = int(os.environ.get("ONRECORD_TEST_QUERIES", "150"))
TIMELINE = Timeline(11)


@pytest.fixture(scope="module")
async def club(postgres_server: str, database_template: str) -> AsyncIterator[Club]:
    with fresh_database(postgres_server, database_template) as database:
        async with Connections(database.application) as connections:
            with served(database, connections) as club:
                yield club


@contextmanager
def served(database: Database, connections: Connections) -> Iterator[Club]:
    """The club with its past, in the tables that the engine makes."""
    schema = f'"{database.schema}"'
    with planted() as models:
        with psycopg.connect(database.owner, autocommit=True) as owner:
            for model in models.values():
                for statement in create(schema, model, model.table):
                    owner.execute(statement.encode())
            for table, row in tables_of(TIMELINE):
                names, places = ", ".join(f'"{name}"' for name in row), ", ".join(["%s"] * len(row))
                owner.execute(f'insert into {schema}."{table}" ({names}) values ({places})'.encode(), [*row.values()])
            owner.execute(f"grant select on all tables in schema {schema} to onrecord_app".encode())
            owner.execute("analyze")
        reading = Reading(models.values())
        types = GraphQLSchema(reading.query(), types=reading.named(), directives=[*specified_directives, WAIT_FOR])
        tables, queries = Tables(database.schema, history=READS_HISTORY), PooledQueries(connections)
        service = Service(types, tables, queries, AlwaysLevel(), NothingDone(), ROOMY, moments=Clock())
        yield Club(types, TIMELINE.now, service)


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
            query = Query(self.rng, self.club.schema, self.rng.choice(TIMELINE.worlds[10:]), 5, past=True)
            for values in (query.values, query.other_values()):
                viewer = self.rng.choice([*self.club.world["Gardener"]])
                compiled = await self.club.ask(query.text, values, viewer)
                if not compiled.begun:
                    self.kinds["refused"] += 1
                    continue
                has = told(compiled)
                expected = told(Historian(self.club.schema, TIMELINE, viewer).answer(query.text, values))
                self.kinds["past" if "asOf" in query.text else "present"] += 1
                if has != expected:
                    yield f"{query.text}\n{values}\n{viewer}\n{has}\n{expected}"


async def test_the_same_answers(club: Club) -> None:
    comparison = Comparison(club, seed=1)
    async for found in comparison.differences(2 * QUERIES):
        pytest.fail(found)
    assert comparison.kinds["past"] > QUERIES // 4, comparison.kinds


def nothing_is_kept_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def whole(schema: str, model: object, at: object, *_: object) -> str:
        return f"(select t.*, false as _holds from {whole_past_of(schema, model, at)} t)"  # type: ignore[arg-type]

    monkeypatch.setattr(rows, "past_of", whole)


def what_moved_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rows, "unmoved", lambda *_: "true")


def then_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rows, "_visible_now", lambda *_: "true")


def now_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Rows, "expand", lambda self, sql, this, at=None, whole=False: EXPAND(self, sql, this, None if whole else at)
    )


def bounds_are_strict(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = lists.Page._bounds
    monkeypatch.setattr(lists.Page, "_bounds", lambda self, key: [each.replace("<= ", "< ") for each in plain(self, key)])


EXPAND = Rows.expand
FAULTS = [nothing_is_kept_back, what_moved_is_shown, then_is_enough, now_is_enough, bounds_are_strict]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_a_fault_is_found(club: Club, monkeypatch: pytest.MonkeyPatch, fault: Callable[[pytest.MonkeyPatch], None]) -> None:
    fault(monkeypatch)
    club.service.reads.known.entries.clear()
    try:
        assert await anext(Comparison(club, seed=2).differences(2_000), None)
    finally:
        club.service.reads.known.entries.clear()
