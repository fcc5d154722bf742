"""One worker of a rebuild, in a process of its own: see infra.rebuilding.crew."""

import gc
import importlib
import os
import pkgutil
import sys
from resource import RUSAGE_SELF, getrusage
from threading import Thread

import msgspec
import uvloop

import domain
from infra.crypto.wrapping import Wrapping
from infra.postgres.connections import Connections
from infra.postgres.keys import PostgresKeys
from infra.postgres.log.arrivals import Arrivals
from infra.postgres.log.reader import PostgresLogReader
from infra.postgres.migrations import OrganisationSchema
from infra.postgres.projections.store import PostgresStore
from infra.rebuilding.crew import FAULTS, Order, Report
from infra.serialisation.codec import JsonCodec
from projections.engine.division import Task
from projections.engine.rebuild import fill_part
from projections.engine.registry import models
from projections.engine.store import Slot

YOUNG = 200_000
"""Objects that are made before the youngest are looked through."""


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
    return Report(ended=True, peak=getrusage(RUSAGE_SELF).ru_maxrss)


def load_events() -> None:
    """Imports what events there are, and nothing else of the domain: half a second less than all of it."""
    for module in pkgutil.walk_packages(domain.__path__, "domain."):
        if ".events" in module.name:
            importlib.import_module(module.name)


def say(report: Report) -> None:
    """One line."""
    sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
    sys.stdout.buffer.flush()


def spare_the_collector() -> None:
    """A page is many thousands of small objects without circles, which are gone after it: looked through, they cost a quarter."""
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)


def end_with_parent() -> None:
    """Waits for the end of standard input, which is that of whoever started this, and ends at once."""
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    ordered = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    load_events()
    models()
    spare_the_collector()
    Thread(target=end_with_parent, daemon=True).start()
    say(uvloop.run(work(ordered)))
