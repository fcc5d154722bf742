"""The operator's word that the database's clock is right, after it jumped."""

from psycopg import AsyncRawCursor

from infra.postgres.connections import Connections
from infra.postgres.log.statements import statement
from infra.postgres.migrations import OrganisationSchema


async def agree_to_clock(connections: Connections, organisation: OrganisationSchema, by: str, reason: str) -> None:
    """Lets writers go on that stopped with ClockJumped. The agreement stays on record with who gave it and why."""
    async with connections.connection() as connection, AsyncRawCursor(connection) as cursor:
        await cursor.execute(statement("agree", organisation), (by, reason))
