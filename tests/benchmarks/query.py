"""Reading through GraphQL over HTTP against a plain route with SQL written by hand, and at a hundred times the rows."""

import asyncio
import json
import os
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
from tests.benchmarks.query_data import statements
from tests.support.postgres import Database

LARGE = int(os.environ.get("ONRECORD_BENCH_ROWS", "1000000"))
SMALL = LARGE // 100
CHANNEL = UUID(int=1)
CLIENTS = 8
QUERY = """
query Latest($channel: ID!, $first: Int) {
  channel(id: $channel) {
    messages(first: $first) { nodes { id text sentAt author { id name } } pageInfo { hasNextPage } }
  }
}
"""
AS_OF = """
query AsOf($position: Position!, $channel: ID!, $first: Int) {
  at(asOf: {position: $position}) {
    channel(id: $channel) {
      messages(first: $first) { nodes { id text sentAt author { id name } } pageInfo { hasNextPage } }
    }
  }
}
"""
SHARES = (0.1, 0.5, 0.9)
"""Of history, as of which the same is asked."""


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

    def graphql(self, query: str = QUERY, **more: str) -> bytes:
        variables = {"channel": global_id("Channel", CHANNEL), "first": 50, **more}
        body = json.dumps({"query": query, "variables": variables}).encode()
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


@contextmanager
def asof(server: Server) -> Iterator[Pair]:
    """The same as of a tenth, half and nine tenths of history; the slowest of them counts."""
    with loop() as on, filled(server, on, LARGE) as api:
        past = [side(on, api, api.graphql(AS_OF, position=str(int(LARGE * share)))) for share in SHARES]

        def worst(seconds: float) -> float:
            return min(each(seconds / len(past)) for each in past)

        yield Pair(worst, side(on, api, api.graphql()), {"messages": LARGE, "as of": list(SHARES)})


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
            for statement in statements(database.organisation, count):
                owner.execute(statement.encode())
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
    Figure("query.asof", "the same as of 10, 50 and 90 % of history, the worst of them, against now", "requests/s", 0.5, asof),
    Figure("query.growth", "the same at 1,000,000 against at 10,000", "requests/s", 0.8, growth),
)
