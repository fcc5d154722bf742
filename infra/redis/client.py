"""One client of Redis for a process, which says quickly that Redis isn't there, and tries again by itself."""

import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self, TypeVar

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

T = TypeVar("T")
log = structlog.get_logger("redis")

PATIENCE = 0.25
"""Seconds that an answer may take."""
PAUSE = 1.0
"""Seconds after a failure in which nothing is tried, so that nobody waits for what is down."""


class RedisUnavailable(Exception):
    """Redis can't be reached now, or doesn't answer in time."""


class RedisClient:
    """Connections to Redis. Nothing is connected before it is asked for."""

    def __init__(self, url: str, now: Callable[[], float] = time.monotonic) -> None:
        self._client: Redis = Redis.from_url(
            url,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )
        self._now = now
        self._closed_until = 0.0
        self.reachable = True

    async def ask(self, call: Callable[[Redis], Awaitable[T]]) -> T:
        """What a call answers. Raises RedisUnavailable, at once where it failed a moment ago."""
        if self._now() < self._closed_until:
            raise RedisUnavailable
        try:
            answer = await call(self._client)
        except (RedisError, OSError) as error:
            self.lost(error)
            raise RedisUnavailable from None
        self.found()
        return answer

    def lost(self, error: Exception) -> None:
        """Notes a failure, also one that a subscription met."""
        self._closed_until = self._now() + PAUSE
        if self.reachable:
            self.reachable = False
            log.warning("redis lost", error=type(error).__name__)

    def found(self) -> None:
        """Notes that it answers."""
        if not self.reachable:
            self.reachable = True
            log.info("redis found again")

    @property
    def raw(self) -> Redis:
        """The client of redis-py, for subscriptions."""
        return self._client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._client.aclose()
