"""Messaging: posting and delivering through the API, searching a million messages, and counting what is unread."""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

from tests.benchmarks.clients import Loop, loop
from tests.benchmarks.crowd import Follower
from tests.benchmarks.fanout_servers import Api, served
from tests.benchmarks.harness import BUILD, Figure, Pair, Server, closed_loop
from tests.benchmarks.messaging_tables import COMMON, FREQUENT, RARE, filled
from tests.benchmarks.processor import Meter
from tests.benchmarks.query import Api as Reading
from tests.benchmarks.query import Reader

CLIENTS = 32
LARGE = int(os.environ.get("ONRECORD_BENCH_ROWS", "1000000"))
SMALL = LARGE // 100
SEARCH_MS = 20.0
SEARCH = """query ($query: String!, $orderBy: SearchOrder!) { searchMessages(query: $query, orderBy: $orderBy) {
  edges { node { id text author { name } } excerpt { pieces { text hit } } } } }"""
UNREAD = """{ a: channels(first: 100, orderBy: NAME_ASC) { nodes { id unreadCount } }
  b: channels(first: 100, orderBy: NAME_DESC) { nodes { id unreadCount } } }"""


def request(api: Reading, query: str, variables: dict[str, Any]) -> bytes:
    """One request over HTTP."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    fields = f"Authorization: Bearer {api.token}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"POST /graphql HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n".encode() + body


@contextmanager
def reading(on: Loop, count: int) -> Iterator[Reading]:
    """A server process over tables with so many messages."""
    with ExitStack() as stack:
        database = stack.enter_context(filled(on, count))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="messaging-", dir=BUILD)))
        with (folder / "log").open("wb") as log:
            command = [sys.executable, "-m", "tests.benchmarks.query_app", database.application, str(folder)]
            process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True))
        stack.callback(process.terminate)
        assert process.stdout
        line = process.stdout.readline().split()
        assert line, (folder / "log").read_text()
        yield Reading(*line)


async def answered(client: Reader, asked: bytes) -> Any:
    """The data of an answer, and how long it took in milliseconds."""
    began = time.perf_counter()
    body = await client.once(asked)
    taken = (time.perf_counter() - began) * 1_000
    data = json.loads(body)
    assert "errors" not in data, data
    return data["data"], taken


@contextmanager
def search(_: Server) -> Iterator[Pair]:
    """The median of searches for terms of two characters, as what it allows a second; each term's own stands in the notes."""
    with loop() as on, reading(on, LARGE) as api:
        client = Reader(api.url)
        notes: dict[str, Any] = {"messages": LARGE, "p50_ms": {}}

        async def work(seconds: float) -> float:
            taken: dict[str, list[float]] = {}
            left = closed_loop(seconds)
            for term, order in cycle([(t, o) for t in (COMMON, FREQUENT, RARE) for o in ("RELEVANCE", "NEWEST")]):
                if not left() and len(taken) == 6:
                    break
                data, milliseconds = await answered(client, request(api, SEARCH, {"query": term, "orderBy": order}))
                assert data["searchMessages"]["edges"]
                taken.setdefault(f"{term} {order}", []).append(milliseconds)
            notes["p50_ms"] = {name: round(statistics.median(times), 1) for name, times in taken.items()}
            return 1_000 / statistics.median([each for times in taken.values() for each in times])

        yield Pair(lambda seconds: on.run(work(seconds)), lambda _: 1_000 / SEARCH_MS, notes)
        client.close()


@contextmanager
def unread(_: Server) -> Iterator[Pair]:
    """What is unread in 200 channels, against one statement written by hand behind a plain route."""
    with loop() as on, reading(on, LARGE) as api:
        by_hand = b"GET /by-hand/unread HTTP/1.1\r\nHost: x\r\n\r\n"
        ours = request(api, UNREAD, {})
        counted = on.run(_counted(api, ours, by_hand))
        yield Pair(one_after_another(on, api, ours), one_after_another(on, api, by_hand), {"messages": LARGE, "unread": counted})


@contextmanager
def growth(_: Server) -> Iterator[Pair]:
    """What is unread, and a search by time, out of a million messages against out of ten thousand."""
    with loop() as on, reading(on, LARGE) as large, reading(on, SMALL) as small:

        def side(api: Reading) -> Any:
            asked = cycle([request(api, UNREAD, {}), request(api, SEARCH, {"query": COMMON, "orderBy": "NEWEST"})])
            client = Reader(api.url)

            async def once() -> None:
                await answered(client, next(asked))

            return on.side(1, once)

        yield Pair(side(large), side(small), {"messages": [LARGE, SMALL]})


async def _counted(api: Reading, ours: bytes, by_hand: bytes) -> int:
    """Both say the same."""
    client = Reader(api.url)
    told, _ = await answered(client, ours)
    counts = {node["id"]: node["unreadCount"] for part in told.values() for node in part["nodes"]}
    assert counts == json.loads(await client.once(by_hand))
    client.close()
    return sum(counts.values())


def one_after_another(on: Loop, api: Reading, asked: bytes) -> Any:
    """A client that asks again as soon as it is answered."""
    client = Reader(api.url)

    async def once() -> None:
        await client.once(asked)

    return on.side(1, once)


@contextmanager
def send(server: Server) -> Iterator[Pair]:
    """Messages of 32 clients in one channel with 32 people online, against a plain route that inserts one row and commits."""
    with loop() as on, ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="messaging-", dir=BUILD)))
        api = stack.enter_context(served(server, people=CLIENTS, channels=1))
        followers = [Follower(api, number, everything=True) for number in range(CLIENTS)]
        on.run(_all(follower.open() for follower in followers))
        stack.callback(lambda: on.run(_all(follower.close() for follower in followers)))
        plain = stack.enter_context(_plain(server, folder))
        notes: dict[str, Any] = {"clients": CLIENTS, "online": CLIENTS, "send_per_s": [], "deliveries_per_s": [], "us": []}
        meter = Meter(api.pids, api.database)
        side = on.side(CLIENTS, _once(api.urls[0], api.post(api.channels[0])))

        def ours(seconds: float) -> float:
            heard = sum(follower.count for follower in followers)
            began = time.perf_counter()
            meter.look()
            sent = side(seconds)
            on.run(_heard(followers, heard + round(sent * seconds) * CLIENTS))
            delivered = sum(follower.count for follower in followers) - heard
            used, messages = meter.look(), max(1, round(sent * seconds))
            notes["us"].append({who: round(used[who] / messages * 1e6) for who in ("server", "database", "load")})
            notes["send_per_s"].append(round(sent))
            notes["deliveries_per_s"].append(round(delivered / (time.perf_counter() - began)))
            return sent

        yield Pair(ours, on.side(CLIENTS, _once(plain, _post(api))), notes)


def _post(api: Api) -> bytes:
    """The same bytes for the plain route."""
    return api.post(api.channels[0]).replace(b"POST /graphql", b"POST /plain", 1)


@contextmanager
def _plain(server: Server, folder: Path) -> Iterator[str]:
    with ExitStack() as stack:
        database = stack.enter_context(server.scratch())
        with (folder / "plain").open("wb") as log:
            command = [sys.executable, "-m", "tests.benchmarks.messaging_plain", database.owner]
            process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True))
        stack.callback(process.terminate)
        assert process.stdout
        url = process.stdout.readline().strip()
        assert url, (folder / "plain").read_text()
        yield url


def _once(url: str, asked: bytes) -> Any:
    idle = [Reader(url) for _ in range(CLIENTS)]

    async def once() -> None:
        client = idle.pop()
        body = await client.once(asked)
        assert b'"position"' in body, body
        idle.append(client)

    return once


async def _all(works: Any) -> None:
    await asyncio.gather(*works)


async def _heard(followers: list[Follower], number: int) -> None:
    """Waits until everything that was said was heard, for at most ten seconds."""
    end = time.perf_counter() + 10
    while sum(follower.count for follower in followers) < number and time.perf_counter() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


FIGURES = (
    Figure("messaging.send", "messages of 32 clients with 32 people online, over HTTP", "messages/s", 0.35, send),
    Figure("messaging.search_ms", "median search for two characters in 1,000,000; goal 20 ms", "1/s", 1.0, search),
    Figure("messaging.unread", "what is unread in 200 channels", "requests/s", 0.5, unread),
    Figure("messaging.growth", "unread and search at 1,000,000 against at 10,000", "requests/s", 0.8, growth),
)
