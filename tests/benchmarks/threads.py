"""Clients that are threads, as the baselines' libraries want them."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.benchmarks.harness import Side, closed_loop


def side(pool: ThreadPoolExecutor, clients: Sequence[Callable[[], object]]) -> Side:
    """Each client does its thing again and again, in a thread of its own."""

    def work(seconds: float) -> float:
        left = closed_loop(seconds)

        def run(once: Callable[[], object]) -> int:
            done = 0
            while left():
                once()
                done += 1
            return done

        return sum(pool.map(run, clients)) / seconds

    return work
