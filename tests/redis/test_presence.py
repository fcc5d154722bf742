"""Presence of one process and of several, and what becomes of it when Redis or a process dies."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID, uuid4

import pytest

from infra.memory import presence as memory
from infra.memory.presence import Claim, MemoryPresence
from infra.redis import client as client_module
from infra.redis import presence as shared
from infra.redis.client import RedisClient
from infra.redis.presence import RedisPresence, sharing
from tests.support.valkey import Valkey

ANN, BO = UUID(int=1), UUID(int=2)
HERE, ELSEWHERE = UUID(int=10), UUID(int=11)
CHANNEL = UUID(int=20)


class Clock:
    """A time that passes when it is told to."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def clock() -> Clock:
    return Clock()


@pytest.fixture
async def board(clock: Clock) -> AsyncIterator[MemoryPresence]:
    board = MemoryPresence(clock)
    yield board
    board.close()


@pytest.fixture
async def told(board: MemoryPresence) -> list[UUID]:
    """What watchers are told."""
    told: list[UUID] = []
    board.watch(told.append)
    return told


async def test_somebody_is_here_while_connected_and_a_little_longer(
    board: MemoryPresence, clock: Clock, told: list[UUID]
) -> None:
    board.arrive(ANN, HERE)
    board.arrive(ANN, ELSEWHERE)
    board.leave(ANN, HERE)
    clock.now += 3_600
    board.sweep()
    assert (board.state(ANN), told) == ("online", [ANN])
    board.leave(ANN, ELSEWHERE)
    clock.now += memory.LINGER / 2
    board.sweep()
    assert board.state(ANN) == "online", "most come again at once"
    board.arrive(ANN, uuid4())
    clock.now += memory.LINGER
    board.sweep()
    assert (board.state(ANN), told) == ("online", [ANN])


async def test_gone_is_told_once_and_what_was_shown_is_forgotten(board: MemoryPresence, clock: Clock, told: list[UUID]) -> None:
    board.show(ANN, "away")
    assert board.state(ANN) is None, "who isn't here isn't away either"
    board.arrive(ANN, HERE)
    board.show(ANN, "away")
    board.show(ANN, "away")
    assert (board.state(ANN), told) == ("away", [ANN, ANN])
    board.leave(ANN, HERE)
    clock.now += memory.LINGER
    board.sweep()
    board.sweep()
    assert (board.state(ANN), told) == (None, [ANN] * 3)
    board.arrive(ANN, HERE)
    assert board.state(ANN) == "online"


async def test_typing_ends_by_itself_and_is_coalesced(board: MemoryPresence, clock: Clock, told: list[UUID]) -> None:
    for _ in range(5):
        board.type(ANN, CHANNEL, typing=True)
        clock.now += memory.TYPING / 2
        board.sweep()
    board.type(BO, CHANNEL, typing=True)
    assert (board.typing(CHANNEL), told) == ({ANN, BO}, [CHANNEL, CHANNEL])
    board.type(BO, CHANNEL, typing=False)
    board.type(BO, CHANNEL, typing=False)
    clock.now += memory.TYPING
    board.sweep()
    assert (board.typing(CHANNEL), told) == (set(), [CHANNEL] * 4)


async def test_what_others_say_runs_out(board: MemoryPresence, clock: Clock) -> None:
    board.told(Claim(ANN, ELSEWHERE, "away"), 30)
    clock.now += 20
    board.told(Claim(ANN, ELSEWHERE, "away"), 30)
    clock.now += 20
    board.sweep()
    assert board.state(ANN) == "away"
    assert list(board.own()) == []
    clock.now += 10
    board.sweep()
    assert board.state(ANN) is None


@asynccontextmanager
async def processes(valkey: Valkey, number: int) -> AsyncIterator[list[RedisPresence]]:
    organisation = uuid4()
    async with AsyncExitStack() as stack:
        found = []
        for _ in range(number):
            client = await stack.enter_async_context(RedisClient(valkey.url))
            board = MemoryPresence()
            stack.callback(board.close)
            found.append(await stack.enter_async_context(sharing(client, organisation, board)))
        yield found


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(15):
        while not true():  # noqa: ASYNC110 (looks at two processes at once)
            await asyncio.sleep(0.005)


async def test_processes_tell_each_other(valkey: Valkey) -> None:
    async with processes(valkey, 2) as (one, other):
        one.arrive(ANN, HERE)
        await until(lambda: other.state(ANN) == "online")
        other.show(ANN, "away")
        await until(lambda: one.state(ANN) == "away")
        one.type(ANN, CHANNEL, typing=True)
        await until(lambda: ANN in other.typing(CHANNEL))
        one.type(ANN, CHANNEL, typing=False)
        await until(lambda: not other.typing(CHANNEL))


async def test_who_comes_later_hears_of_everybody(valkey: Valkey) -> None:
    organisation = uuid4()
    async with AsyncExitStack() as stack:
        for person in (ANN, BO):
            client = await stack.enter_async_context(RedisClient(valkey.url))
            presence = await stack.enter_async_context(sharing(client, organisation, MemoryPresence()))
            stack.callback(presence.close)
            presence.arrive(person, person)
            await until(lambda: presence.state(ANN) == "online")  # noqa: B023 (asked at once)


async def test_a_dead_redis_loses_what_others_say_and_nothing_of_ones_own(
    valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "PAUSE", 0.01)
    monkeypatch.setattr("infra.redis.bus.PAUSE", 0.01)
    monkeypatch.setattr(memory, "LINGER", 0.0)
    monkeypatch.setattr(shared, "HOLDS", 0.3)
    async with processes(valkey, 2) as (one, other):
        one.arrive(ANN, HERE)
        other.arrive(BO, ELSEWHERE)
        await until(lambda: (one.state(BO), other.state(ANN)) == ("online", "online"))
        valkey.stop()
        await until(lambda: (one.state(BO), other.state(ANN)) == (None, None))
        assert (one.state(ANN), other.state(BO)) == ("online", "online")
        valkey.start()
        await until(lambda: (one.state(BO), other.state(ANN)) == ("online", "online"))
