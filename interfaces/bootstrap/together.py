"""What the processes of one installation share beside the database: through Redis, where there is one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple
from uuid import UUID

from application.ports.presence import Presence
from application.ports.rates import Rates
from infra.memory.presence import MemoryPresence
from infra.memory.rates import MemoryRates
from infra.postgres.log.log import PostgresLog
from infra.redis.client import RedisClient
from infra.redis.presence import sharing
from infra.redis.rates import RedisRates
from infra.redis.wakeups import waking
from interfaces.settings import Settings


class Together(NamedTuple):
    """The ports that Redis fulfils for all processes; without it, or when it is lost, each process for itself."""

    rates: Rates
    client: RedisClient | None = None

    @asynccontextmanager
    async def of(self, organisation: UUID, log: PostgresLog) -> AsyncIterator[Presence]:
        """An organisation's presence, and wake-ups for its log, for as long as the block."""
        here = MemoryPresence()
        if self.client is None:
            yield here
            return
        async with waking(self.client, organisation, log), sharing(self.client, organisation, here) as presence:
            yield presence


@asynccontextmanager
async def together(settings: Settings) -> AsyncIterator[Together]:
    """The ports, for as long as the block. Redis need not be there, now or ever."""
    alone = Together(MemoryRates())
    if settings.redis_url is None:
        yield alone
        return
    async with RedisClient(settings.redis_url) as client:
        yield Together(RedisRates(client, alone.rates), client)
