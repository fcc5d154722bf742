"""Live delivery: 200 sockets, 20 channels, 100 messages a second, each to 50 sockets; the load comes from the same machine."""

import asyncio
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.benchmarks.clients import Loop, loop
from tests.benchmarks.harness import BUILD, Figure, Pair, Server
from tests.benchmarks.query import Reader

SOCKETS, CHANNELS, RATE, GROUPS = 200, 20, 100, 4
"""Sockets and channels are in so many groups: a channel is followed by the sockets of its group, a quarter of all."""
WRITERS = 16
RECONNECTS = 100
FOLLOW = """
subscription ($channel: ID!, $after: Position) {
  messages(channel: $channel, after: $after) {
    __typename
    ... on MessageChange { position message { id sentAt text author { id name } } }
  }
}
"""
POST = "mutation ($channel: ID!) { postMessage(input: {channel: $channel, text: %s}) { ... on PostMessageDone { position } } }"
TEXT = "The second batch of housings leaves 上海 on Friday; the customer wants to hear of it today. " * 2
SHOWN = re.compile(rb'"position" : "(\d+)".*?"sentAt" : "([^"]+)"')
GOALS = {"p50": 10.0, "p99": 50.0}


class Api(NamedTuple):
    """A server process: its people's tokens and its channels."""

    url: str
    tokens: list[str]
    channels: list[str]

    def post(self, channel: str) -> bytes:
        body = json.dumps({"query": POST % json.dumps(TEXT), "variables": {"channel": channel}}).encode()
        fields = f"Authorization: Bearer {self.tokens[0]}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        return f"POST /graphql HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n".encode() + body


class Follower:
    """One socket: what it heard, by channel, and how long that took in milliseconds."""

    def __init__(self, api: Api, number: int, everything: bool) -> None:
        self.api, self.token = api, api.tokens[number]
        self.channels = [c for n, c in enumerate(api.channels) if everything or n % GROUPS == number % GROUPS]
        self.heard: dict[str, list[int]] = {channel: [] for channel in self.channels}
        self.delays: list[float] = []
        self.connection: ClientConnection | None = None
        self.listening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connects, and follows every channel from what it has."""
        address = self.api.url.replace("http", "ws", 1) + "/graphql"
        protocol = "graphql-transport-ws"
        self.connection = await connect(address, subprotocols=[protocol], compression=None, proxy=None, max_queue=None)  # type: ignore[list-item]
        await self.connection.send(json.dumps({"type": "connection_init", "payload": {"token": self.token}}))
        await self.connection.recv()
        for number, channel in enumerate(self.channels):
            heard = self.heard[channel]
            variables = {"channel": channel, "after": str(heard[-1]) if heard else None}
            payload = {"query": FOLLOW, "variables": variables}
            await self.connection.send(json.dumps({"type": "subscribe", "id": str(number), "payload": payload}))
        self.listening = asyncio.create_task(self._listen(self.connection))

    async def _listen(self, connection: ClientConnection) -> None:
        try:
            async for message in connection:
                now = time.time()
                text = message if isinstance(message, bytes) else message.encode()
                found = SHOWN.search(text)
                assert found, text
                number = int(text[7 : text.index(b'"', 7)])
                self.heard[self.channels[number]].append(int(found[1]))
                self.delays.append((now - datetime.fromisoformat(found[2].decode()).timestamp()) * 1_000)
        except ConnectionClosed:
            pass

    async def close(self) -> None:
        if self.connection:
            await self.connection.close()
        if self.listening:
            await self.listening


class Crowd:
    """All sockets, and those who write."""

    def __init__(self, api: Api, *, everything: bool = False) -> None:
        self.api = api
        self.followers = [Follower(api, number, everything) for number in range(SOCKETS)]
        self.idle: asyncio.Queue[Reader] = asyncio.Queue()
        self.said: dict[str, list[int]] = {channel: [] for channel in api.channels}

    async def open(self) -> None:
        for _ in range(WRITERS):
            self.idle.put_nowait(Reader(self.api.url))
        for follower in self.followers:
            await follower.open()
        await self.talk(1.0, settle=True)

    async def talk(self, seconds: float, *, settle: bool = False) -> list[float]:
        """Messages at the rate, whatever their answers take; the delays of all that was heard of them."""
        for follower in self.followers:
            follower.delays.clear()
        began, posts = time.perf_counter(), []
        for number in range(int(seconds * RATE)):
            await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
            posts.append(asyncio.create_task(self._post(random.choice(self.api.channels))))
        await asyncio.gather(*posts)
        await self.until_heard(20.0 if settle else 10.0)
        return [delay for follower in self.followers for delay in follower.delays]

    async def _post(self, channel: str) -> None:
        writer = await self.idle.get()
        body = await writer.once(self.api.post(channel))
        self.idle.put_nowait(writer)
        self.said[channel].append(int(json.loads(body)["data"]["postMessage"]["position"]))

    async def until_heard(self, seconds: float) -> None:
        """Waits until everybody has heard what they follow, for so long."""
        end = time.perf_counter() + seconds
        while self.missing() and time.perf_counter() < end:  # noqa: ASYNC110 (looks at what 200 sockets have heard)
            await asyncio.sleep(0.01)

    def missing(self) -> int:
        """Deliveries that are lacking, or that came twice or in another order."""
        wrong = 0
        for follower in self.followers:
            for channel, heard in follower.heard.items():
                said = sorted(self.said[channel])
                wrong += 0 if heard == said else max(1, abs(len(said) - len(heard)))
        return wrong

    async def close(self) -> None:
        await asyncio.gather(*(follower.close() for follower in self.followers))
        while not self.idle.empty():
            self.idle.get_nowait().close()


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def delay(which: str, *, everything: bool = False) -> Callable[[Server], AbstractContextManager[Pair]]:
    """The delay from the moment that is recorded for a message until a socket has it, as what it allows a second."""

    @contextmanager
    def prepare(server: Server) -> Iterator[Pair]:
        with loop() as on, crowd(server, on, everything=everything) as people:
            notes: dict[str, object] = {"sockets": SOCKETS, "rate": RATE, "p50_ms": [], "p99_ms": []}

            def ours(seconds: float) -> float:
                delays = on.run(people.talk(seconds))
                p50, p99 = statistics.median(delays), percentile(delays, 0.99)
                for name, value in (("p50_ms", p50), ("p99_ms", p99)):
                    kept = notes[name]
                    assert isinstance(kept, list)
                    kept.append(round(value, 1))
                return 1_000 / (p50 if which == "p50" else p99)

            yield Pair(ours, lambda _: 1_000 / GOALS[which], notes)

    return prepare


@contextmanager
def lost(server: Server) -> Iterator[Pair]:
    """What is lost, doubled or out of order across 100 forced reconnects while messages come, as a share of one."""
    with loop() as on, crowd(server, on) as people:

        async def shaken(seconds: float) -> float:
            async def shake() -> None:
                for _ in range(RECONNECTS):
                    follower = random.choice(people.followers)
                    await follower.close()
                    await follower.open()

            await asyncio.gather(people.talk(seconds), shake())
            await people.until_heard(20.0)
            return 1 / (1 + people.missing())

        yield Pair(lambda seconds: on.run(shaken(seconds)), lambda _: 1.0, {"reconnects": RECONNECTS})


@contextmanager
def crowd(server: Server, on: Loop, *, everything: bool = False) -> Iterator[Crowd]:
    """A server process with its company, and everybody connected."""
    with ExitStack() as stack:
        database = stack.enter_context(server.scratch())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fanout-", dir=BUILD)))
        with (folder / "log").open("wb") as log:
            names = [database.owner, database.application, str(folder), str(SOCKETS), str(CHANNELS)]
            command = [sys.executable, "-m", "tests.benchmarks.fanout_app", *names]
            process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True))
        stack.callback(process.terminate)
        assert process.stdout
        words = process.stdout.readline().split()
        assert words, (folder / "log").read_text()
        people = Crowd(Api(words[0], words[1 : SOCKETS + 1], words[SOCKETS + 1 :]), everything=everything)
        on.run(people.open())
        stack.callback(lambda: on.run(people.close()))
        yield people


FIGURES = (
    Figure("fanout.p50_ms", "median delay at 200 sockets and 100 messages/s to 50 each; goal 10 ms", "1/s", 1.0, delay("p50")),
    Figure("fanout.p99_ms", "the slowest hundredth of the same; goal 50 ms", "1/s", 1.0, delay("p99")),
    Figure("fanout.lost", "nothing lost, doubled or out of order across 100 reconnects", "of 1", 1.0, lost),
    Figure("fanout.all_p50_ms", "median delay when each goes to all 200", "1/s", 0.1, delay("p50", everything=True)),
)
