"""The gardeners' club served: its schema, its tables with a world in them, and a way to ask."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import psycopg
from graphql import ExecutionResult, GraphQLSchema, specified_directives

from application.envelope import Asked
from application.outcomes import Outcome
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId
from infra.postgres.connections import Connections
from infra.postgres.queries import PooledQueries
from interfaces.graphql.answers import Answer, Request, Session
from interfaces.graphql.compiler.rows import Tables
from interfaces.graphql.limits import Limits
from interfaces.graphql.queries import WAIT_FOR
from interfaces.graphql.schema.reading import Reading
from interfaces.graphql.service import Service
from projections.engine.members import Declared
from projections.engine.progress import NotReached
from tests.graphql.garden import planted
from tests.graphql.world import World, inserts, tables
from tests.support.postgres import Database

ROOMY = Limits(characters=200_000, tokens=50_000, depth=60, aliases=2_000, selections=10_000, repeats=100, rows=10**9)
"""Limits that generated queries stay within."""


class AlwaysLevel:
    """Read models that were filled by hand are as far as they go."""

    async def wait_for(self, position: int, models: Collection[Declared], seconds: float) -> None:
        if position > 60:
            raise NotReached(min(model.name for model in models), 60, position)

    def shows(self, position: int, models: Collection[Declared]) -> bool:
        return position <= 60

    async def reached(self, models: Collection[Declared]) -> int:
        return 60


class NothingDone:
    """Nothing is done in this club but gardening."""

    async def handle(self, command: Command, asked: Asked) -> Outcome:
        raise NotImplementedError


class Club(NamedTuple):
    """What a test asks."""

    schema: GraphQLSchema
    world: World
    service: Service

    async def ask(self, query: str, variables: Mapping[str, Any], viewer: UUID) -> Answer:
        """The answer of the compiled path."""
        checked = self.service.check(Request(query, variables))
        return checked if isinstance(checked, Answer) else await self.service.execute(checked, Session(PersonId(viewer)))


@contextmanager
def served(database: Database, connections: Connections, world: World, limits: Limits = ROOMY) -> Iterator[Club]:
    """The club in a database."""
    with planted() as models:
        with psycopg.connect(database.owner, autocommit=True) as owner:
            owner.execute(tables(models.values(), database.schema).encode())
            for statement, values in inserts(models, world, database.schema):
                owner.execute(statement.encode(), values)
            owner.execute(f'grant select on all tables in schema "{database.schema}" to onrecord_app'.encode())
            owner.execute("analyze")
        reading = Reading(models.values())
        schema = GraphQLSchema(reading.query(), types=reading.named(), directives=[*specified_directives, WAIT_FOR])
        queries = PooledQueries(connections)
        yield Club(schema, world, Service(schema, Tables(database.schema), queries, AlwaysLevel(), NothingDone(), limits))


def told(answer: Answer | ExecutionResult) -> Any:
    """An answer so that two can be compared: data with its order of keys, and the places that an error made null."""
    data = orjson.loads(orjson.dumps(answer.data)) if isinstance(answer, Answer) else answer.data
    return _even(data), {_made_null(data, error.path or []) for error in answer.errors or ()}


def _made_null(data: Any, path: Iterable[str | int]) -> tuple[str | int, ...]:
    """Where null stands on the way to an error. Which errors below the same null are told depends on their order."""
    way: list[str | int] = []
    for step in path:
        if data is None:
            break
        data = data[step]
        way.append(step)
    return tuple(way)


def _even(value: Any) -> Any:
    """3.0 and 3, -0.0 and 0 are the same number in JSON; objects have an order, which == on dicts doesn't see."""
    if isinstance(value, dict):
        return [(key, _even(each)) for key, each in value.items()]
    if isinstance(value, list):
        return [_even(each) for each in value]
    return int(value) if isinstance(value, float) and value == int(value) else value
