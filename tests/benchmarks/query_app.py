"""The server of the query figures, in a process of its own: the product's API, and a plain route with SQL written by hand.

`python -m tests.benchmarks.query_app DSN FOLDER` prints its address and a token.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from uuid import UUID

import uvloop
from fastapi import FastAPI, Response
from prometheus_client import CollectorRegistry
from psycopg import AsyncRawCursor

from application.ports.rates import Rate
from domain.kernel.identifiers import PersonId
from infra.crypto.key_file import KeyRing
from infra.memory.rates import MemoryRates
from infra.postgres.connections import Connections
from infra.postgres.migrations import OrganisationSchema
from infra.postgres.projections.progress import PostgresProgress
from infra.telemetry.structured import StructuredTelemetry, configure_logs
from interfaces.bootstrap.organisation import OpenOrganisation
from interfaces.bootstrap.service import open_service
from interfaces.graphql.costs import Charges
from interfaces.graphql.schema.build import build_schema
from interfaces.http.app import create_app
from interfaces.http.server import Server, listen, url_of
from interfaces.http.tokens import DevelopmentIssuer, Tokens
from tests.benchmarks.query_data import table
from tests.support.postgres import ORGANISATION, ORGANISATION_ID

VIEWER = PersonId(UUID(int=1))
SCHEMA = OrganisationSchema(ORGANISATION)
# What a careful colleague would write: one join, the page and one row more by the index, the same JSON.
BY_HAND = f"""
SELECT json_build_object('data', json_build_object('channel', json_build_object('messages', json_build_object(
    'nodes', coalesce(json_agg(json_build_object(
        'id', encode(convert_to('Message:' || m.id, 'UTF8'), 'base64'), 'text', m.text, 'sentAt', m.sent_at,
        'author', CASE WHEN p.id IS NOT NULL THEN
            json_build_object('id', encode(convert_to('Person:' || p.id, 'UTF8'), 'base64'), 'name', p.name) END
    ) ORDER BY m.n) FILTER (WHERE m.n <= $2), '[]'),
    'pageInfo', json_build_object('hasNextPage', count(*) > $2)))))::text
FROM (
    SELECT id, text, sent_at, author_id, row_number() OVER (ORDER BY sent_at DESC, id DESC) n
    FROM {table(SCHEMA, "Message")}
    WHERE channel_id = $1 AND (thread_id IS NULL OR also_in_channel)
    ORDER BY sent_at DESC, id DESC LIMIT $2 + 1
) m LEFT JOIN {table(SCHEMA, "Person")} p ON p.id = m.author_id
""".encode()
# What is unread in every channel of the viewer's: one lateral count each, which ends at a hundred.
UNREAD = f"""
SELECT json_object_agg(encode(convert_to('Channel:' || s.channel_id, 'UTF8'), 'base64'), u.count)::text
FROM {table(SCHEMA, "ChannelStint")} s
LEFT JOIN {table(SCHEMA, "ReadMark")} r ON r.channel_id = s.channel_id AND r.person_id = s.person_id
CROSS JOIN LATERAL (
    SELECT count(*) FROM (
        SELECT FROM {table(SCHEMA, "Message")} m
        WHERE m.channel_id = s.channel_id AND m.position > greatest(s.since, r.upto) AND m.author_id <> s.person_id
            AND m.imported IS NULL AND NOT m.retracted AND (m.thread_id IS NULL OR m.also_in_channel) LIMIT 100
    ) unread
) u
WHERE s.person_id = $1 AND s.until IS NULL
""".encode()


def plain(connections: Connections) -> FastAPI:
    """The baseline: FastAPI's parameters, the pool, one prepared statement."""
    app = FastAPI()

    @app.get("/plain/{channel}")
    async def latest(channel: UUID, first: int = 50) -> Response:
        async with connections.connection() as connection:
            cursor = AsyncRawCursor(connection)
            await cursor.execute(BY_HAND, [channel, first], prepare=True)
            row = await cursor.fetchone()
        assert row
        return Response(row[0], media_type="application/json")

    @app.get("/unread")
    async def unread() -> Response:
        async with connections.connection() as connection:
            cursor = AsyncRawCursor(connection)
            await cursor.execute(UNREAD, [VIEWER], prepare=True)
            row = await cursor.fetchone()
        assert row
        return Response(row[0], media_type="application/json")

    return app


@asynccontextmanager
async def serving(dsn: str, folder: Path) -> AsyncIterator[tuple[FastAPI, str]]:
    async with AsyncExitStack() as stack, Connections(dsn) as connections:
        organisation = OpenOrganisation(dsn, connections, KeyRing.new(), ORGANISATION, ORGANISATION_ID)
        progress = PostgresProgress(dsn, connections, SCHEMA)
        progress.start()
        stack.push_async_callback(progress.close)
        charges = Charges(MemoryRates(), Rate(2**40), StructuredTelemetry(registry := CollectorRegistry()))
        async with organisation, open_service(build_schema(), organisation, connections, progress, charges=charges) as service:
            issuer = DevelopmentIssuer(folder)
            tokens = Tokens(issuer.trusted, frozenset({ORGANISATION}))
            app = create_app({ORGANISATION: service}, tokens, registry, {})
            app.mount("/by-hand", plain(connections))
            yield app, issuer.issue(VIEWER, ORGANISATION)


async def main(dsn: str, folder: Path) -> None:
    configure_logs()
    async with serving(dsn, folder) as (app, token):
        listening = listen("127.0.0.1", 20_000, exactly=False)
        print(url_of(listening), token, flush=True)
        await Server(app, lambda: None).serve([listening])


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], Path(sys.argv[2])))
