"""The operator's word on the database's clock."""

from infra.postgres.connections import Connections
from infra.postgres.log.clock_agreement import agree_to_clock
from infra.postgres.migrations import OrganisationSchema
from interfaces.bootstrap.database import database
from interfaces.settings import Settings


async def agree(settings: Settings, organisation: str, by: str, reason: str) -> None:
    """Records that somebody agrees to the clock as it is. Raises EXPECTED."""
    with database(settings) as access:
        async with Connections(access.application, size=1) as connections:
            await agree_to_clock(connections, OrganisationSchema(organisation), by, reason)
