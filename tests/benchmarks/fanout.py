"""Live delivery: 200 sockets, 20 channels, 100 messages a second, each to 50 sockets; the load comes from the same machine.

A delay is from the moment that is recorded for a message, before its commit, until the socket is read. In the same run a plain
server sends texts as long to as many sockets, so that what the machine and the load generator add can be told.
"""

import random
import statistics
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from tests.benchmarks.clients import loop
from tests.benchmarks.crowd import Crowd, crowd
from tests.benchmarks.fanout_servers import SOCKETS, plain, served
from tests.benchmarks.harness import Figure, Pair, Server
from tests.benchmarks.processor import Meter

RECONNECTS = 100
GOALS = {"p50": 10.0, "p99": 50.0}
Prepare = Callable[[Server], AbstractContextManager[Pair]]


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def delay(which: str, *, everything: bool = False, processes: int = 1, redis: bool = False) -> Prepare:
    """The delay from the moment that is recorded for a message until a socket has it, as what it allows a second."""

    @contextmanager
    def prepare(server: Server) -> Iterator[Pair]:
        with loop() as on, served(server, processes, redis=redis) as ours, crowd(on, ours, everything=everything) as people:
            length = people.length
            with plain(length) as other, crowd(on, other, everything=everything) as listeners:
                notes: dict[str, Any] = {"sockets": SOCKETS, "processes": processes, "bytes": length}
                told = telling(notes, ""), telling(notes, "plain_")
                meters = Meter(ours.pids, ours.database), Meter(other.pids)

                def side(crowd: Crowd, number: int) -> Callable[[float], float]:
                    def run(seconds: float) -> float:
                        meters[number].look()
                        delays = on.run(crowd.talk(seconds))
                        told[number](delays, meters[number].look())
                        return 1_000 / (statistics.median(delays) if which == "p50" else percentile(delays, 0.99))

                    return run

                without = side(listeners, 1)

                def goal(seconds: float) -> float:
                    without(seconds)
                    return 1_000 / GOALS[which]

                yield Pair(side(people, 0), goal, notes)

    return prepare


def telling(notes: dict[str, Any], whose: str) -> Callable[[list[float], Any], None]:
    """Notes of each run its delays, the microseconds of processor for each delivery by who used them, and how busy it was."""

    def tell(delays: list[float], used: Any) -> None:
        found = {"p50_ms": statistics.median(delays), "p99_ms": percentile(delays, 0.99), "busy": used["machine"]}
        found |= {f"{party}_us": used[party] / len(delays) * 1e6 for party in ("server", "database", "load")}
        for name, value in found.items():
            notes.setdefault(whose + name, []).append(round(value, 2 if name == "busy" else 1))

    return tell


@contextmanager
def lost(server: Server) -> Iterator[Pair]:
    """What is lost, doubled or out of order across 100 forced reconnects while messages come, as a share of one."""
    with loop() as on, served(server) as api, crowd(on, api) as people:

        async def shaken(seconds: float) -> float:
            await people.talk(seconds, beside=shake())
            return 1 / (1 + people.missing())

        async def shake() -> None:
            for _ in range(RECONNECTS):
                follower = random.choice(people.followers)
                await follower.close()
                await follower.open()

        yield Pair(lambda seconds: on.run(shaken(seconds)), lambda _: 1.0, {"reconnects": RECONNECTS})


FIGURES = (
    Figure("fanout.p50_ms", "median delay at 200 sockets and 100 messages/s to 50 each; goal 10 ms", "1/s", 1.0, delay("p50")),
    Figure("fanout.p99_ms", "the slowest hundredth of the same; goal 50 ms", "1/s", 1.0, delay("p99")),
    Figure("fanout.lost", "nothing lost, doubled or out of order across 100 reconnects", "of 1", 1.0, lost),
    Figure("fanout.all_p50_ms", "median delay when each goes to all 200", "1/s", 0.1, delay("p50", everything=True)),
    Figure("fanout.two_p50_ms", "median delay with two processes", "1/s", 0.1, delay("p50", processes=2)),
    Figure("fanout.redis_p50_ms", "the same with Redis between them", "1/s", 0.1, delay("p50", processes=2, redis=True)),
)
