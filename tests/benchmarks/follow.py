"""The live follower: how long after its commit a message is shown by the read models, in a process that does nothing else."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from domain.kernel.identifiers import PersonId, derived
from domain.messaging.events.message import MessagePosted
from domain.messaging.ids import ChannelId, MessageId
from infra.postgres.checkpoints import PostgresCheckpoints
from infra.postgres.connections import Connections
from infra.postgres.log.log import PostgresLog
from infra.postgres.projections.progress import PostgresProgress
from infra.postgres.projections.store import PostgresStore
from infra.serialisation.codec import JsonCodec
from projections.engine.follower import Follower
from projections.engine.members import Declared
from projections.engine.registry import models
from tests.benchmarks.chat import CHANNELS, PEOPLE, TEXTS, History, keys
from tests.benchmarks.clients import loop
from tests.benchmarks.harness import Figure, Pair, Server
from tests.projections.chronicle import Chronicle
from tests.projections.heard import Heard
from tests.support.postgres import Database

RATE = 100
"""Messages a second, each an append of its own."""
GOAL = 4.0
"""Milliseconds: of the ten that a subscriber may wait."""
BEFORE = 2_000
"""Messages that are there already."""


class Following:
    """A process with the log's writer, the follower, and somebody who waits for it."""

    def __init__(self, chronicle: Chronicle, progress: PostgresProgress) -> None:
        self.chronicle, self.progress = chronicle, progress
        self.models: list[Declared] = list(models().values())
        self.said = 0

    async def talk(self, seconds: float) -> list[float]:
        """Messages at the rate; of each the milliseconds from its answer until all read models show it."""
        begun, delays = time.perf_counter(), []
        for number in range(int(seconds * RATE)):
            await asyncio.sleep(max(0.0, begun + number / RATE - time.perf_counter()))
            delays.append(await self._once())
        return delays

    async def _once(self) -> float:
        self.said += 1
        who = PersonId(derived("bench person", str(self.said % PEOPLE)))
        where = ChannelId(derived("bench channel", str(self.said % CHANNELS)))
        message = MessageId(derived("followed message", str(self.said)))
        event = MessagePosted(channel=where, author=who, text=TEXTS[self.said % len(TEXTS)])
        position = await self.chronicle.say(("messaging.message", message, event))
        answered = time.perf_counter()
        await self.progress.wait_for(position, self.models, 10)
        return (time.perf_counter() - answered) * 1_000


@asynccontextmanager
async def following(database: Database) -> AsyncIterator[Following]:
    """Everything started, and level."""
    async with (
        Connections(database.application) as connections,
        PostgresLog(database.application, connections, database.organisation) as log,
    ):
        opened = keys(database, connections)
        progress = PostgresProgress(database.application, connections, database.organisation)
        progress.start()
        store = PostgresStore(database.application, database.organisation)
        checkpoints = PostgresCheckpoints(connections, database.application, database.schema)
        chosen = list(models().values())
        follower = Follower(chosen, log.reader, JsonCodec(), opened, store, checkpoints, Heard(), progress.moved)
        task = asyncio.create_task(follower.run())
        found = Following(Chronicle(log, opened), progress)
        try:
            await progress.wait_for(await log.reader.head(), found.models, 60)
            yield found
        finally:
            task.cancel()
            await asyncio.wait({task})
            await progress.close()
            await store.close()


@contextmanager
def visible(server: Server) -> Iterator[Pair]:
    """The delay as what it allows a second, so that more is better."""
    with loop() as on, server.scratch() as database:
        History(database).write(BEFORE)
        with on.within(following(database)) as process:
            notes: dict[str, list[float]] = {"p50_ms": [], "p99_ms": [], "cpu_ms": []}

            def ours(seconds: float) -> float:
                began = time.process_time()
                delays = sorted(on.run(process.talk(seconds)))
                notes["p50_ms"].append(round(statistics.median(delays), 2))
                notes["p99_ms"].append(round(delays[int(len(delays) * 0.99)], 2))
                notes["cpu_ms"].append(round((time.process_time() - began) * 1_000 / len(delays), 2))
                return 1_000 / statistics.median(delays)

            yield Pair(ours, lambda _: 1_000 / GOAL, dict(notes))


FIGURES = (
    Figure("follow.visible_ms", "median time from a commit until all read models show it; goal 4 ms", "1/s", 1.0, visible),
)
