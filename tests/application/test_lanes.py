"""Commands that would write to the same stream take turns."""

import asyncio
import random

import pytest

from application.lanes import Lanes

pytestmark = pytest.mark.anyio


async def work(lanes: Lanes, name: str, streams: frozenset[str], log: list[tuple[str, str]]) -> None:
    """What the platform does: wait for one's turn, claim, write, release."""
    turn: str | None = None
    try:
        while taken := lanes.taken(streams, turn):
            if turn is not None:
                lanes.pass_on(turn)
            turn = taken
            await lanes.wait(taken)
        lanes.claim(streams)
    finally:
        if turn is not None:
            lanes.pass_on(turn)
    log.append((name, "in"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    log.append((name, "out"))
    lanes.release(streams)


async def test_who_comes_first_goes_first() -> None:
    lanes, log = Lanes(), list[tuple[str, str]]()
    await asyncio.gather(*(work(lanes, str(n), frozenset({"a"}), log) for n in range(20)))
    assert log == [(str(n), step) for n in range(20) for step in ("in", "out")]


async def test_other_streams_do_not_wait() -> None:
    lanes, log = Lanes(), list[tuple[str, str]]()
    await asyncio.gather(work(lanes, "a", frozenset({"a"}), log), work(lanes, "b", frozenset({"b"}), log))
    assert [name for name, _ in log] == ["a", "b", "a", "b"]


async def test_whoever_reads_a_stream_that_is_written_waits_and_lets_the_next_go() -> None:
    lanes = Lanes()
    lanes.claim({"a"})
    readers = [asyncio.create_task(lanes.wait("a")) for _ in range(3)]
    await asyncio.sleep(0)
    lanes.release({"a"})
    for reader in readers:
        await reader  # only the first was let go by the release
        lanes.pass_on("a")
    assert lanes.taken({"a"}, None) is None


async def test_nobody_is_left_waiting_and_nobody_writes_beside_another() -> None:
    chance = random.Random(20261123)
    lanes, log = Lanes(), list[tuple[str, str]]()
    sets = [frozenset(chance.sample("abcd", chance.randint(1, 3))) for _ in range(300)]
    await asyncio.wait_for(asyncio.gather(*(work(lanes, str(n), s, log) for n, s in enumerate(sets))), timeout=20)
    inside: set[str] = set()
    for name, step in log:
        streams = sets[int(name)]
        if step == "in":
            assert not inside & streams
            inside |= streams
        else:
            inside -= streams
    assert len(log) == 600


async def test_who_gives_up_while_waiting_blocks_nobody() -> None:
    lanes, log = Lanes(), list[tuple[str, str]]()
    lanes.claim({"a"})
    tasks = [asyncio.create_task(work(lanes, str(n), frozenset({"a"}), log)) for n in range(4)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    tasks[2].cancel()
    lanes.release({"a"})
    await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), timeout=20)
    assert [name for name, step in log if step == "out"] == ["1", "3"]


async def test_who_is_cancelled_just_when_let_go_passes_on() -> None:
    lanes = Lanes()
    lanes.claim({"a"})
    first, second = asyncio.create_task(lanes.wait("a")), asyncio.create_task(lanes.wait("a"))
    await asyncio.sleep(0)
    lanes.release({"a"})
    first.cancel()
    await asyncio.wait_for(second, timeout=5)
    with pytest.raises(asyncio.CancelledError):
        await first
