"""The last position is found without walking over what a large act hasn't committed yet."""

from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg import AsyncRawCursor

from domain.directory.commands.person import AddPerson
from infra.postgres.log.statements import statement
from infra.postgres.migrations import OrganisationSchema
from interfaces.bootstrap.organisation import OpenOrganisation
from tests.support.organisations import opened, order, person
from tests.support.postgres import Database

pytestmark = pytest.mark.anyio
MAIN = OrganisationSchema("main")
COPIES = """
    INSERT INTO org_main.events (format, position, recorded_at, effective_at, event_id, stream, stream_version, type, actor,
        command_id, correlation_id, context, payload, salt)
    SELECT e.format, e.position + n, e.recorded_at, e.effective_at, gen_random_uuid(), 'test.copy/' || n, 1, e.type, e.actor,
        e.command_id, e.correlation_id, e.context, e.payload, e.salt
    FROM (SELECT * FROM org_main.events ORDER BY position DESC LIMIT 1) e, generate_series(1, 20000) AS n
"""


@pytest.fixture
async def organisation(database: Database) -> AsyncIterator[OpenOrganisation]:
    async with opened(database) as organisation:
        for name in ("ann", "bo", "chen", "di", "eve"):
            await order(organisation, AddPerson(person=person(name), name=name))
        yield organisation


async def test_from_wherever_one_looks(organisation: OpenOrganisation) -> None:
    head = await organisation.log.reader.head()
    assert head > 9
    async with organisation.connections.connection() as connection, AsyncRawCursor(connection) as cursor:
        for known in (*range(head + 2), head + 1_000, 10**12):
            await cursor.execute(statement("newest", MAIN), (known,))
            assert await cursor.fetchone() == (head,), known
        await cursor.execute("SELECT max(position) FROM org_main.events")
        assert await cursor.fetchone() == (head,)


async def test_what_is_not_committed_is_not_looked_at(organisation: OpenOrganisation, database: Database) -> None:
    reader = organisation.log.reader
    head = await reader.head()
    async with await psycopg.AsyncConnection.connect(database.owner) as act:
        await act.execute(COPIES)
        async with organisation.connections.connection() as connection, AsyncRawCursor(connection) as cursor:

            async def blocks(name: str, *given: int) -> int:
                explain = b"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, COSTS OFF, FORMAT JSON) "
                await cursor.execute(explain + statement(name, MAIN), given)
                [(plan,)] = await cursor.fetchall()
                return int(plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"])

            assert await blocks("newest", head) < 30
            assert await blocks("page", head, head + 500, 500) < 600
            assert await blocks("tail", head, 500) < 600
            assert await blocks("head") > 1_000, "max() walks over all of it"
        assert await reader.head() == head
        assert await reader.read(head, 500) == []
        await act.commit()
    assert await reader.head() == head + 20_000
    assert len(await reader.read(head, 500)) == 500
