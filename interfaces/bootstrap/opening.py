"""An organisation by its name, as the settings say where it is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from infra.postgres.access import Access, connect_as_owner
from infra.postgres.connections import Connections
from infra.postgres.errors import DatabaseNotPrepared
from infra.postgres.migrations import Organisation, organisations, pending
from infra.postgres.roles import become_application
from interfaces.bootstrap.database import database
from interfaces.bootstrap.keys import key_ring
from interfaces.bootstrap.organisation import OpenOrganisation
from interfaces.settings import Settings


@asynccontextmanager
async def opened(settings: Settings, name: str) -> AsyncIterator[OpenOrganisation]:
    """The organisation, open for as long as the block; an embedded database runs as long. Raises EXPECTED."""
    with database(settings) as access:
        found = _organisation(access, name)
        ring = key_ring(settings, access)
        async with (
            Connections(access.application) as connections,
            OpenOrganisation(access.application, connections, ring, found.name, found.id) as organisation,
        ):
            yield organisation


def _organisation(access: Access, name: str) -> Organisation:
    with connect_as_owner(access.application) as connection:
        become_application(connection)
        if pending(connection):
            raise DatabaseNotPrepared("The database isn't up to date. Run `onrecord migrate` as its owner.")
        found = {each.name: each for each in organisations(connection)}
    if name not in found:
        raise DatabaseNotPrepared(f"There is no organisation {name!r}; there is {', '.join(found) or 'none'}.")
    return found[name]
