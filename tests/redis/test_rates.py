"""Rates: the same whether one process counts, or several together; and what happens when Redis dies in the middle."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from application.ports.rates import Rate, Rates
from infra.memory.rates import MemoryRates
from infra.redis import client as client_module
from infra.redis.client import RedisClient
from infra.redis.rates import RedisRates
from tests.support.valkey import Valkey

SLOW = Rate(100, 3_600)


class Clock:
    """A time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=["memory", "redis"])
async def rates(request: pytest.FixtureRequest, valkey: Valkey) -> AsyncIterator[Rates]:
    """Each kind of counting."""
    async with RedisClient(valkey.url) as client:
        yield MemoryRates() if request.param == "memory" else RedisRates(client, MemoryRates())


async def test_points_are_taken_until_none_are_left(rates: Rates) -> None:
    assert (await rates.take("ann", 60, SLOW))[:2] == (True, 40)
    assert (await rates.take("ann", 40, SLOW))[:2] == (True, 0)
    refused = await rates.take("ann", 10, SLOW)
    assert refused[:2] == (False, 0)
    assert refused.wait == pytest.approx(360, abs=1)
    assert refused.reset == pytest.approx(3_600, abs=1)
    assert (await rates.take("bo", 1, SLOW))[:2] == (True, 99)


async def test_what_is_refused_takes_nothing(rates: Rates) -> None:
    await rates.take("ann", 90, SLOW)
    assert (await rates.take("ann", 20, SLOW))[:2] == (False, 10)
    assert (await rates.take("ann", 10, SLOW))[:2] == (True, 0)


async def test_more_than_there_ever_is_takes_all(rates: Rates) -> None:
    assert (await rates.take("ann", 1_000, SLOW))[:2] == (True, 0)
    assert not (await rates.take("ann", 1_000, SLOW)).allowed


async def test_points_come_back_with_time() -> None:
    clock = Clock()
    rates = MemoryRates(clock)
    assert (await rates.take("ann", 100, Rate(100, 60)))[:2] == (True, 0)
    clock.now += 30
    assert (await rates.take("ann", 51, Rate(100, 60)))[:2] == (False, 50)
    assert (await rates.take("ann", 50, Rate(100, 60)))[:2] == (True, 0)
    clock.now += 600
    assert (await rates.take("ann", 1, Rate(100, 60)))[:2] == (True, 99)


async def test_who_has_all_points_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.memory.rates.MOST", 10)
    clock = Clock()
    rates = MemoryRates(clock)
    for number in range(10):
        await rates.take(str(number), 1, SLOW)
    clock.now += 3_600
    await rates.take("ann", 1, SLOW)
    assert list(rates._whole_at) == ["ann"]


async def test_several_processes_count_together_and_each_alone_while_redis_is_dead(
    valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AsyncExitStack() as stack:
        clock = Clock()
        one, other = [
            RedisRates(await stack.enter_async_context(RedisClient(valkey.url, clock)), MemoryRates()) for _ in range(2)
        ]
        taken = await asyncio.gather(*(each.take("ann", 5, SLOW) for _ in range(15) for each in (one, other)))
        assert sum(each.allowed for each in taken) == 20, "of 30 times 5 points there are 100"
        valkey.stop()
        assert (await one.take("ann", 70, SLOW))[:2] == (True, 30)
        assert (await other.take("ann", 70, SLOW))[:2] == (True, 30)
        valkey.start()
        assert (await one.take("ann", 40, SLOW)).allowed is False, "Redis isn't tried again at once"
        clock.now += client_module.PAUSE
        assert (await one.take("ann", 1, SLOW))[:2] == (True, 99), "it is empty after its death"
        assert (await other.take("ann", 1, SLOW))[:2] == (True, 98)


async def test_a_redis_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "PATIENCE", 0.05)
    opened: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda _, writer: opened.append(writer), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    async with silent, RedisClient(f"redis://127.0.0.1:{port}/0", Clock()) as client:
        rates = RedisRates(client, MemoryRates())
        async with asyncio.timeout(2):
            for left in (99, 98, 97):
                assert (await rates.take("ann", 1, SLOW))[:2] == (True, left)
        for writer in opened:
            writer.close()
            await writer.wait_closed()
