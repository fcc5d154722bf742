"""Ending what runs in the background."""

import asyncio
from contextlib import suppress
from typing import Any

AGAIN = 1.0
"""Seconds until a task that goes on is cancelled again."""


async def stopped(task: asyncio.Task[Any] | None) -> None:
    """Cancels a task until it has ended. A fault that ended it is raised here; a cancellation is not.

    Once isn't enough: where a query fails because it was cut short, the cancellation can come out as that failure, and whoever
    retries after failures would go on.
    """
    if task is None:
        return
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=AGAIN)
    with suppress(asyncio.CancelledError):
        await task
