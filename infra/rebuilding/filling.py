"""What is ordered of one process that shares a rebuild, whichever process that is."""

from collections.abc import Callable
from resource import RUSAGE_SELF, getrusage

from infra.crypto.wrapping import Wrapping
from infra.postgres.connections import Connections
from infra.postgres.keys import PostgresKeys
from infra.postgres.log.arrivals import Arrivals
from infra.postgres.log.reader import PostgresLogReader
from infra.postgres.migrations import OrganisationSchema
from infra.postgres.projections.store import PostgresStore
from infra.rebuilding.orders import FAULTS, Order, Report
from infra.serialisation.codec import JsonCodec
from projections.engine.division import Task
from projections.engine.rebuild import fill_part


async def filled(order: Order, reached: Callable[[int], None]) -> Report:
    """Does what is ordered; the last report. `reached` is told how far it has come."""
    place = order.place
    schema = OrganisationSchema(place.organisation)
    store = PostgresStore(place.dsn, schema, "projections rebuild")
    try:
        async with Connections(place.dsn, size=2) as connections:
            reader = PostgresLogReader(connections, schema, Arrivals())
            keys = PostgresKeys(connections, schema, Wrapping(place.ring.opened(), place.id))
            task = Task(order.slots(), order.digits)
            await fill_part(task, order.upto, reader, JsonCodec(), keys, store, lambda done, _: reached(done))
    except tuple(FAULTS.values()) as fault:
        return Report(ended=True, fault=type(fault).__name__, text=str(fault))
    finally:
        await store.close()
    return Report(ended=True, peak=getrusage(RUSAGE_SELF).ru_maxrss)
