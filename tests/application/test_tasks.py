"""What runs in the background ends when it is told to."""

import asyncio

import pytest

from application import tasks
from application.tasks import stopped

pytestmark = pytest.mark.anyio


async def test_a_task_that_takes_its_cancellation_for_a_failure_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "AGAIN", 0.01)
    failures: list[str] = []

    async def stubborn() -> None:
        while len(failures) < 3:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                failures.append("the query failed")
        await asyncio.Event().wait()

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await stopped(task)
    assert task.cancelled()
    assert len(failures) == 3


async def test_a_fault_that_ended_it_is_seen() -> None:
    async def faulty() -> None:
        raise LookupError("it broke long ago")

    task = asyncio.create_task(faulty())
    await asyncio.sleep(0)
    with pytest.raises(LookupError, match="long ago"):
        await stopped(task)


async def test_nothing_to_end() -> None:
    await stopped(None)
