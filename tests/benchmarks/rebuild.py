"""Rebuilding read models: messages a second, against the library's projection runner and against only reading them."""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg

from application.ports.log import Row
from infra.postgres.connections import Connections
from infra.postgres.log.arrivals import Arrivals
from infra.postgres.log.reader import PostgresLogReader
from infra.postgres.projections.store import PostgresStore
from infra.postgres.projections.swap import PostgresRebuildStore
from infra.rebuilding.crew import Place, ProcessCrew, Ring
from infra.serialisation.codec import JsonCodec
from projections.engine.members import Declared
from projections.engine.rebuild import Rebuild
from projections.engine.registry import models
from projections.engine.sets import together
from tests.benchmarks.chat import RING, History, keys
from tests.benchmarks.clients import Loop, loop
from tests.benchmarks.harness import Figure, Pair, Server, Side, closed_loop
from tests.benchmarks.stock_projection import stock_runner
from tests.support.postgres import ORGANISATION_ID, Database

MESSAGES = 100_000
STOCK_MESSAGES = 20_000
FEW = 73_500
"""Messages of 100,000 events."""
WORKERS = 2
ONE = ("Message",)
COLUMNS = ", ".join(Row._fields)
"""What a rebuild reads of a row: all of it."""


class Rebuilding:
    """Rebuilds read models of a database as `onrecord projections rebuild` does: by processes that share it, to the end."""

    def __init__(
        self, on: Loop, database: Database, connections: Connections, chosen: list[Declared], counted: str = "%"
    ) -> None:
        """`counted`: the types of the events that count, as LIKE has them."""
        self._on, self._database, self._connections, self._chosen = on, database, connections, chosen
        with psycopg.connect(database.owner) as owner:
            count = f"SELECT count(*) FROM {database.schema}.events WHERE type LIKE %s"
            [self._events] = owner.execute(count.encode(), (counted,)).fetchone() or (0,)
        place = Place(database.application, database.organisation.name, ORGANISATION_ID, Ring.of(RING))
        self.crew = ProcessCrew(place, WORKERS)
        on.run(self._prepare())

    async def _prepare(self) -> None:
        store = PostgresStore(self._database.application, self._database.organisation)
        await store.prepare(self._chosen)
        await store.close()

    def __call__(self, seconds: float) -> float:
        """Events a second, of as many rebuilds as begin in that time."""
        return self._on.run(self._work(seconds))

    async def _work(self, seconds: float) -> float:
        begun = time.perf_counter()
        done = 0
        while not done or time.perf_counter() - begun < seconds:
            await self._once()
            done += self._events
        return done / (time.perf_counter() - begun)

    async def _once(self) -> None:
        reader = PostgresLogReader(self._connections, self._database.organisation, Arrivals())
        store = PostgresRebuildStore(self._database.application, self._database.organisation)
        opened = keys(self._database, self._connections)
        try:
            await Rebuild(self._chosen, reader, JsonCodec(), opened, store, self.crew).run()
        finally:
            await store.close()


def cursor(database: Database) -> Side:
    """Reads the log through a server-side cursor, every column of interest as a Python value; again and again."""

    def work(seconds: float) -> float:
        left, done = closed_loop(seconds), 0
        begun = time.perf_counter()
        with psycopg.connect(database.owner) as connection:
            while left():
                with connection.cursor("messages", binary=True) as rows:
                    rows.itersize = 4_000
                    rows.execute(f"SELECT {COLUMNS} FROM {database.schema}.events ORDER BY position".encode())
                    for _ in rows:
                        done += 1
                        if done % 4_000 == 0 and not left():
                            break
        return done / (time.perf_counter() - begun)

    return work


def against_cursor(chosen: Collection[str]) -> Callable[[Server], AbstractContextManager[Pair]]:
    """These read models, against a cursor that decodes the same columns."""

    @contextmanager
    def prepare(server: Server) -> Iterator[Pair]:
        with loop() as on, server.scratch() as database:
            events = History(database).write(MESSAGES)
            with on.within(Connections(database.application)) as connections:
                yield Pair(Rebuilding(on, database, connections, _named(chosen)), cursor(database), _notes(events))

    return prepare


@contextmanager
def against_stock(server: Server) -> Iterator[Pair]:
    """Messages, and what is made of them, against the library's projection runner with a single table of them.

    Its log holds nothing else, so of ours the messages' own events count alone. Its rows are less than ours: without versions,
    search, sealed values, and any index but the primary key.
    """
    with loop() as on, server.scratch() as database, stock_runner(server, STOCK_MESSAGES) as stock:
        events = History(database).write(MESSAGES)
        with on.within(Connections(database.application)) as connections:
            rebuilding = Rebuilding(on, database, connections, _named(ONE), "messaging.message\\_%")
            yield Pair(rebuilding, stock, _notes(events))


@contextmanager
def memory(server: Server) -> Iterator[Pair]:
    """The most memory that a worker has had, with ten times the events against the same with few of them."""
    with loop() as on:

        def peak(messages: int) -> Side:
            def work(_: float) -> float:
                if messages not in found:
                    with server.scratch() as database:
                        History(database).write(messages)
                        with on.within(Connections(database.application)) as connections:
                            rebuilding = Rebuilding(on, database, connections, _named(models()))
                            rebuilding(0)
                            found[messages] = rebuilding.crew.peak
                return 1 / found[messages]

            return work

        found: dict[int, int] = {}
        yield Pair(peak(10 * FEW), peak(FEW), {"messages": (FEW, 10 * FEW), "peak_kib": found})


def _named(chosen: Collection[str]) -> list[Declared]:
    return together([models()[name] for name in chosen])


def _notes(events: int) -> dict[str, Any]:
    return {"events": events, "messages": MESSAGES}


FIGURES = [
    Figure("rebuild.stock", "Messages rebuilt against the library's projection runner", "events/s", 40, against_stock),
    Figure("rebuild.cursor", "Messages rebuilt against a server-side cursor over the log", "events/s", 0.2, against_cursor(ONE)),
    Figure("rebuild.all", "All read models rebuilt against the same", "events/s", 0.1, against_cursor(models())),
    Figure(
        "rebuild.memory", "Peak of a worker at 1,000,000 events; goal at most 1.2 of that at 100,000", "1/KiB", 1 / 1.2, memory
    ),
]
