"""Short messages between the processes of an installation: heard by those that listen now, and by nobody later."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import structlog
from redis.exceptions import RedisError

from application.tasks import stopped
from infra.redis.client import PAUSE, RedisClient, RedisUnavailable

log = structlog.get_logger("redis")

WAITING = 1_000
"""Messages that wait while Redis can't be reached; older ones go."""
QUIET = 15.0
"""Seconds of silence after which the line is tried."""

SILENT = 3
"""How often it is tried in vain before the line is taken for dead."""

Heard = Callable[[bytes], None]


class Bus:
    """One channel of Redis's: `say` is told to all other processes soon, `heard` is called with what they say, and with our own.

    A message may be lost at any moment, so none may be needed. It connects again by itself.
    """

    def __init__(self, client: RedisClient, name: str, heard: Heard, connected: Callable[[], None] = lambda: None) -> None:
        """`connected` is called whenever it begins to hear, after having heard nothing."""
        self._client, self._name, self._heard, self._connected = client, name, heard, connected
        self._waiting: deque[bytes] = deque(maxlen=WAITING)
        self._news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def say(self, message: bytes) -> None:
        """Has it told; without waiting, and without knowing whether anybody heard."""
        self._waiting.append(message)
        self._news.set()

    async def __aenter__(self) -> Self:
        self._tasks = [
            asyncio.create_task(self._speak(), name=f"saying {self._name}"),
            asyncio.create_task(self._listen(), name=f"hearing {self._name}"),
        ]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for task in self._tasks:
            await stopped(task)

    async def _speak(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._waiting:
                message = self._waiting.popleft()
                try:
                    await self._client.ask(lambda redis, said=message: redis.publish(self._name, said))  # type: ignore[misc]
                except RedisUnavailable:
                    await asyncio.sleep(PAUSE)

    async def _listen(self) -> None:
        while True:
            line = self._client.raw.pubsub(ignore_subscribe_messages=True)
            try:
                await line.subscribe(self._name)
                self._client.found()
                self._connected()
                silent = 0
                while silent <= SILENT:
                    message = await line.get_message(timeout=QUIET)
                    if message is None:
                        silent += 1
                        await line.ping()
                    else:
                        silent = 0
                        if message["type"] == "message":
                            self._heard(message["data"])
                self._client.lost(TimeoutError())
            except (RedisError, OSError) as error:
                self._client.lost(error)
                await asyncio.sleep(PAUSE)
            finally:
                with suppress(RedisError, OSError):
                    await line.aclose()  # type: ignore[no-untyped-call]  # of redis-py
