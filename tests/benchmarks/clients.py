"""An event loop that stays between the runs of a benchmark, so that connections and caches do as well."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, TypeVar

import uvloop

from tests.benchmarks.harness import Side, closed_loop

T = TypeVar("T")


class Loop:
    """Runs coroutines on uvloop, as the server does."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Runs one to its end."""
        return self._runner.run(coroutine)

    def enter(self, context: AbstractAsyncContextManager[T]) -> T:
        """Enters a context that is left with `leave`."""
        return self.run(_entered(context))

    def leave(self, context: AbstractAsyncContextManager[Any]) -> None:
        """Leaves it."""
        self.run(_left(context))

    @contextmanager
    def within(self, context: AbstractAsyncContextManager[T]) -> Iterator[T]:
        """An asynchronous context between the runs."""
        value = self.enter(context)
        try:
            yield value
        finally:
            self.leave(context)

    def side(self, clients: int, once: Callable[[], Awaitable[None]]) -> Side:
        """So many clients, each asking again as soon as it has its answer."""

        async def work(seconds: float) -> float:
            left = closed_loop(seconds)
            done = 0

            async def client() -> None:
                nonlocal done
                while left():
                    await once()
                    done += 1

            await asyncio.gather(*(client() for _ in range(clients)))
            return done / seconds

        return lambda seconds: self.run(work(seconds))


@contextmanager
def loop() -> Iterator[Loop]:
    """A loop for one figure."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        yield Loop(runner)


async def _entered(context: AbstractAsyncContextManager[T]) -> T:
    return await context.__aenter__()


async def _left(context: AbstractAsyncContextManager[Any]) -> None:
    await context.__aexit__(None, None, None)
