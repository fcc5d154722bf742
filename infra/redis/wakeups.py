"""Telling other processes through Redis that the log has grown: sooner than PostgreSQL's notifications, which stay."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from infra.postgres.log.log import PostgresLog
from infra.redis.bus import Bus
from infra.redis.client import RedisClient


@asynccontextmanager
async def waking(client: RedisClient, organisation: UUID, log: PostgresLog) -> AsyncIterator[None]:
    """For as long as the block. What is heard is a hint: the log itself is asked how far it has come."""

    def heard(message: bytes) -> None:
        if message.isdigit() and len(message) < 20:
            log.hint(int(message))

    async with Bus(client, f"onrecord:{organisation}:log", heard) as bus:
        log.tell = lambda head: bus.say(b"%d" % head)
        try:
            yield
        finally:
            log.tell = lambda _: None
