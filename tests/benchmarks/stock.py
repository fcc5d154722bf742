"""The baseline of the append figures: the recorder that the eventsourcing library brings, with a thread for each client."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from eventsourcing.persistence import InfrastructureFactory, StoredEvent
from eventsourcing.utils import Environment
from psycopg.conninfo import conninfo_to_dict

from tests.benchmarks import threads
from tests.benchmarks.harness import Server, Side

STATE = b"x" * 400
"""About as many bytes as one of our messages has."""


@contextmanager
def stock_recorder(server: Server, clients: int) -> Iterator[Side]:
    """Appends one event of a new aggregate per call, each client the next when the last is durable."""
    with server.scratch() as database, _factory(database.owner, clients) as factory, ThreadPoolExecutor(clients) as pool:
        recorder = factory.application_recorder()

        def once() -> None:
            recorder.insert_events([StoredEvent(uuid4(), 1, "messaging:MessagePosted", STATE)])

        yield threads.side(pool, [once] * clients)


def _factory(owner: str, connections: int) -> InfrastructureFactory[Any]:
    parts = conninfo_to_dict(owner)
    return InfrastructureFactory.construct(
        Environment(
            "Stock",
            {
                "PERSISTENCE_MODULE": "eventsourcing.postgres",
                "POSTGRES_DBNAME": str(parts["dbname"]),
                "POSTGRES_HOST": str(parts["host"]),
                "POSTGRES_PORT": str(parts.get("port", "5432")),
                "POSTGRES_USER": str(parts["user"]),
                "POSTGRES_PASSWORD": str(parts.get("password", "none")),
                "POSTGRES_POOL_SIZE": str(connections),
                "POSTGRES_MAX_OVERFLOW": "8",
            },
        )
    )
