"""Reading through GraphQL over HTTP against a plain route with SQL written by hand, and at a hundred times the rows."""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

import psycopg

from infra.postgres.projections.store import PostgresStore
from interfaces.graphql.ids import global_id
from projections.engine.registry import models
from tests.benchmarks.clients import Loop, loop
from tests.benchmarks.harness import BUILD, Figure, Pair, Server, Side
from tests.support.postgres import Database

LARGE, SMALL = 1_000_000, 10_000
CHANNEL = UUID(int=1)
CLIENTS = 8
QUERY = """
query Latest($channel: ID!, $first: Int) {
  channel(id: $channel) {
    messages(first: $first) { nodes { id text sentAt author { id name } } pageInfo { hasNextPage } }
  }
}
"""
# A tenth of all messages is in the channel that is asked for; the others are in a hundred more.
FILL = """
INSERT INTO org_main.directory_person_v2 (id, kind, name, standing, joined_at, valid_from)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'employee', 'Person ' || n || ' 李', 'active', now(), n FROM generate_series(1, 200) n;
INSERT INTO org_main.messaging_channel_v2 (id, kind, visibility, name, archived, opened_at, valid_from)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'group', 'private', 'Channel ' || n, false, now(), n FROM generate_series(1, 101) n;
INSERT INTO org_main.messaging_channel_membership_v1 (id, role, since, channel_id, person_id, valid_from)
SELECT gen_random_uuid(), 'member', now(), lpad(to_hex(c), 32, '0')::uuid, lpad(to_hex(p), 32, '0')::uuid, 1
FROM generate_series(1, 101) c, generate_series(1, 200) p;
INSERT INTO org_main.messaging_message_v1
    (id, position, sent_at, text, retracted, also_in_channel, channel_id, author_id, valid_from)
SELECT gen_random_uuid(), n, timestamptz '2026-01-01' + n * interval '1 second',
    'Message ' || n || ': the second batch leaves 上海 on Friday, please confirm the quantities today.', false, false,
    lpad(to_hex(CASE WHEN n % 10 = 0 THEN 1 ELSE 2 + n % 100 END), 32, '0')::uuid, lpad(to_hex(1 + n % 200), 32, '0')::uuid, n
FROM generate_series(1, {count}) n;
"""


class Reader:
    """A connection that is kept as long as the server keeps it."""

    def __init__(self, url: str) -> None:
        self.url = urlsplit(url)
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def once(self, request: bytes) -> bytes:
        """The body of one answer. An idle connection that the server has closed meanwhile is opened again."""
        if self.streams is not None:
            try:
                return await self._ask(*self.streams, request)
            except (asyncio.IncompleteReadError, ConnectionError):
                self.close()
        self.streams = await asyncio.open_connection(self.url.hostname, self.url.port, limit=1 << 20)
        return await self._ask(*self.streams, request)

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status, _, fields = head.partition(b"\r\n")
        length = next(int(line[15:]) for line in fields.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        body = await reader.readexactly(length)
        assert b" 200 " in status, (status, body)
        return body

    def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


class Api(NamedTuple):
    """A server process."""

    url: str
    token: str

    def graphql(self) -> bytes:
        body = json.dumps({"query": QUERY, "variables": {"channel": global_id("Channel", CHANNEL), "first": 50}}).encode()
        fields = f"Authorization: Bearer {self.token}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        return f"POST /graphql HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n".encode() + body

    def by_hand(self) -> bytes:
        return f"GET /by-hand/plain/{CHANNEL}?first=50 HTTP/1.1\r\nHost: x\r\n\r\n".encode()


@contextmanager
def latest(server: Server) -> Iterator[Pair]:
    """The latest 50 messages of a channel with their authors, out of a million."""
    with loop() as on, filled(server, on, LARGE) as api:
        on.run(_same(api))
        yield Pair(side(on, api, api.graphql()), side(on, api, api.by_hand()), {"messages": LARGE, "clients": CLIENTS})


@contextmanager
def growth(server: Server) -> Iterator[Pair]:
    """The same out of a million, against out of ten thousand."""
    with loop() as on, filled(server, on, LARGE) as large, filled(server, on, SMALL) as small:
        yield Pair(side(on, large, large.graphql()), side(on, small, small.graphql()), {"messages": [LARGE, SMALL]})


def side(on: Loop, api: Api, request: bytes) -> Side:
    """So many clients that ask for the same, each on a connection of its own."""
    idle = [Reader(api.url) for _ in range(CLIENTS)]

    async def once() -> None:
        client = idle.pop()
        await client.once(request)
        idle.append(client)

    return on.side(CLIENTS, once)


async def _same(api: Api) -> None:
    """Both give the same JSON; else there would be nothing to compare."""
    client = Reader(api.url)
    ours, by_hand = [json.loads(await client.once(request)) for request in (api.graphql(), api.by_hand())]
    client.close()
    assert ours == by_hand
    assert len(ours["data"]["channel"]["messages"]["nodes"]) == 50


@contextmanager
def filled(server: Server, on: Loop, count: int) -> Iterator[Api]:
    """A server process over tables with so many messages."""
    with ExitStack() as stack:
        database = stack.enter_context(server.scratch())
        on.run(_tables(database))
        with psycopg.connect(database.owner, autocommit=True) as owner:
            owner.execute(FILL.format(count=count))
            owner.execute("VACUUM (ANALYZE)")
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="query-", dir=BUILD)))
        with (folder / "log").open("wb") as log:
            command = [sys.executable, "-m", "tests.benchmarks.query_app", database.application, str(folder)]
            process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True))
        stack.callback(process.terminate)
        assert process.stdout
        line = process.stdout.readline().split()
        assert line, (folder / "log").read_text()
        yield Api(*line)


async def _tables(database: Database) -> None:
    store = PostgresStore(database.application, database.organisation)
    await store.prepare(list(models().values()))
    await store.close()


FIGURES = (
    Figure("query.latest", "latest 50 of a channel with authors, of 1,000,000", "requests/s", 0.7, latest),
    Figure("query.growth", "the same at 1,000,000 against at 10,000", "requests/s", 0.8, growth),
)
