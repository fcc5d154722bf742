"""The log of one organisation for somebody who looks at it from the command line."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from application.ports.log import LogReader
from infra.postgres.access import Access, connect_as_owner
from infra.postgres.connections import Connections
from infra.postgres.errors import DatabaseNotPrepared
from infra.postgres.log.arrivals import Arrivals
from infra.postgres.log.notifications import Listener
from infra.postgres.log.reader import PostgresLogReader
from infra.postgres.migrations import OrganisationSchema, organisations
from infra.postgres.roles import become_application


@asynccontextmanager
async def open_history(access: Access, organisation: str) -> AsyncIterator[LogReader]:
    """A reader of the log, for as long as the block. Raises DatabaseUnusable where there is no such organisation."""
    with connect_as_owner(access.application) as connection:
        become_application(connection)
        if organisation not in (known := [one.name for one in organisations(connection)]):
            raise DatabaseNotPrepared(f"There is no organisation {organisation}; there is {', '.join(known) or 'none'}.")
    schema, arrivals = OrganisationSchema(organisation), Arrivals()
    listener = Listener(access.application, schema, arrivals)
    async with Connections(access.application, size=2) as connections:
        listener.start()
        try:
            yield PostgresLogReader(connections, schema, arrivals)
        finally:
            await listener.close()
