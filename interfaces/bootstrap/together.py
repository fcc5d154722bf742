"""What the processes of one installation share beside the database: through Redis, where there is one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from application.ports.rates import Rates
from infra.memory.rates import MemoryRates
from infra.redis.client import RedisClient
from infra.redis.rates import RedisRates
from interfaces.settings import Settings


class Together(NamedTuple):
    """The ports that Redis fulfils for all processes; without it, or when it is lost, each process for itself."""

    rates: Rates


@asynccontextmanager
async def together(settings: Settings) -> AsyncIterator[Together]:
    """The ports, for as long as the block. Redis need not be there, now or ever."""
    alone = Together(MemoryRates())
    if settings.redis_url is None:
        yield alone
        return
    async with RedisClient(settings.redis_url) as client:
        yield Together(RedisRates(client, alone.rates))
