"""One worker of a rebuild, in a process of its own: see interfaces.bootstrap.crew."""

import os
import sys
from threading import Thread

import msgspec
import uvloop

import domain.everything  # noqa: F401  so that every context is registered
from infra.crypto.wrapping import Wrapping
from infra.postgres.connections import Connections
from infra.postgres.keys import PostgresKeys
from infra.postgres.log.arrivals import Arrivals
from infra.postgres.log.reader import PostgresLogReader
from infra.postgres.migrations import OrganisationSchema
from infra.postgres.projections.store import PostgresStore
from infra.serialisation.codec import JsonCodec
from interfaces.bootstrap.crew import FAULTS, Order, Report
from projections.engine.division import Task
from projections.engine.rebuild import fill_part
from projections.engine.registry import models
from projections.engine.store import Slot


async def work(order: Order) -> Report:
    """Does what is ordered; the last report."""
    place = order.place
    schema = OrganisationSchema(place.organisation)
    slots = tuple(Slot(models()[name], table, order.digits) for name, table in order.tables.items())
    store = PostgresStore(place.dsn, schema, "projections rebuild")
    try:
        async with Connections(place.dsn, size=2) as connections:
            reader = PostgresLogReader(connections, schema, Arrivals())
            keys = PostgresKeys(connections, schema, Wrapping(place.ring.opened(), place.id))
            task = Task(slots, order.digits)
            await fill_part(task, order.upto, reader, JsonCodec(), keys, store, lambda done, _: say(Report(done)))
    except tuple(FAULTS.values()) as fault:
        return Report(ended=True, fault=type(fault).__name__, text=str(fault))
    finally:
        await store.close()
    return Report(ended=True)


def say(report: Report) -> None:
    """One line."""
    sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
    sys.stdout.buffer.flush()


def end_with_parent() -> None:
    """Waits for the end of standard input, which is that of whoever started this, and ends at once."""
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    ordered = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    Thread(target=end_with_parent, daemon=True).start()
    say(uvloop.run(work(ordered)))
