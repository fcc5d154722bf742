"""Those who listen and those who write, of the fan-out figures: what they said and heard, and how long that took."""

import asyncio
import json
import random
import re
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from tests.benchmarks.clients import Loop
from tests.benchmarks.fanout_servers import GROUPS, RATE, SOCKETS, Api
from tests.benchmarks.listening import Line, connected
from tests.benchmarks.query import Reader

WRITERS = 16
FOLLOW = """
subscription ($channel: ID!, $after: Position) {
  messages(channel: $channel, after: $after) {
    __typename
    ... on MessageChange { position message { id sentAt text author { id name } } }
  }
}
"""
SHOWN = re.compile(rb'^\{"id":"(\d+)".*?"position" : "(\d+)".*?"sentAt" : "([^"]+)"')


class Follower:
    """One socket: what it heard, by channel, and how long each took in milliseconds."""

    def __init__(self, api: Api, number: int, *, everything: bool) -> None:
        self.url, self.token, self.head = api.urls[number % len(api.urls)], api.tokens[number], api.head
        self.channels = [c for n, c in enumerate(api.channels) if everything or n % GROUPS == number % GROUPS]
        self.heard: dict[str, list[int]] = {channel: [] for channel in self.channels}
        self.delays: list[float] = []
        self.length = 0
        self.line: Line | None = None

    async def open(self) -> None:
        """Connects, and follows every channel from what it has."""
        self.line = await connected(self.url, "graphql-transport-ws")
        self.line.say(type="connection_init", payload={"token": self.token})
        await self.line.first()
        for number, channel in enumerate(self.channels):
            heard = self.heard[channel]
            variables = {"channel": channel, "after": str(heard[-1]) if heard else self.head}
            self.line.say(type="subscribe", id=str(number), payload={"query": FOLLOW, "variables": variables})
        if self.head is None:  # then what is said before this is answered would be lost
            self.line.say(type="ping")
            await self.line.first()

    @property
    def count(self) -> int:
        """How many deliveries there were, of those that were looked at and the others."""
        return sum(map(len, self.heard.values())) + (len(self.line.heard) if self.line else 0)

    def look(self) -> None:
        """Looks at what came."""
        if self.line is None:
            return
        for at, text in self.line.heard:
            found = SHOWN.match(text)
            assert found, text
            self.heard[self.channels[int(found[1])]].append(int(found[2]))
            self.delays.append((at - datetime.fromisoformat(found[3].decode()).timestamp()) * 1_000)
            self.length = len(text)
        self.line.heard.clear()

    async def close(self) -> None:
        if self.line:
            await self.line.close()
            self.look()


class Crowd:
    """All sockets, and those who write."""

    def __init__(self, api: Api, *, everything: bool = False) -> None:
        self.api = api
        self.followers = [Follower(api, number, everything=everything) for number in range(SOCKETS)]
        self.idle: asyncio.Queue[Reader] = asyncio.Queue()
        self.said: dict[str, list[int]] = {channel: [] for channel in api.channels}

    async def open(self) -> None:
        for number in range(WRITERS):
            self.idle.put_nowait(Reader(self.api.urls[number % len(self.api.urls)]))
        for follower in self.followers:
            await follower.open()
        await self.talk(1.0)

    @property
    def length(self) -> int:
        """Bytes of a delivery."""
        return max(follower.length for follower in self.followers)

    async def talk(self, seconds: float, beside: Coroutine[Any, Any, None] | None = None) -> list[float]:
        """Messages at the rate, whatever their answers take; the delays of all that was heard of them."""
        for follower in self.followers:
            follower.delays.clear()
        shaking = asyncio.create_task(beside) if beside else None
        began, posts = time.perf_counter(), []
        for number in range(int(seconds * RATE)):
            await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
            posts.append(asyncio.create_task(self._post(random.choice(self.api.channels))))
        await asyncio.gather(*posts)
        if shaking:
            await shaking
        await self._until_heard(20.0)
        for follower in self.followers:
            follower.look()
        return [delay for follower in self.followers for delay in follower.delays]

    async def _post(self, channel: str) -> None:
        writer = await self.idle.get()
        body = await writer.once(self.api.post(channel))
        self.idle.put_nowait(writer)
        self.said[channel].append(int(json.loads(body)["data"]["postMessage"]["position"]))

    async def _until_heard(self, seconds: float) -> None:
        """Waits until everybody has heard as much as they follow, for so long."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            if all(f.count >= sum(len(self.said[channel]) for channel in f.channels) for f in self.followers):
                return
            await asyncio.sleep(0.02)

    def missing(self) -> int:
        """Deliveries that are lacking, or that came twice or in another order."""
        wrong = 0
        for follower in self.followers:
            for channel, heard in follower.heard.items():
                said = sorted(self.said[channel])
                wrong += 0 if heard == said else max(1, abs(len(said) - len(heard)))
        return wrong

    async def close(self) -> None:
        for follower in self.followers:
            await follower.close()
        while not self.idle.empty():
            self.idle.get_nowait().close()


@contextmanager
def crowd(on: Loop, api: Api, *, everything: bool = False) -> Iterator[Crowd]:
    """Everybody connected."""
    people = Crowd(api, everything=everything)
    on.run(people.open())
    try:
        yield people
    finally:
        on.run(people.close())
