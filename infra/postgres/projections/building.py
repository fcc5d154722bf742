"""The indexes of tables that were filled without them: made by several connections, the longest work first."""

import asyncio
from collections.abc import Collection, Iterable

from infra.postgres.connections import StandingConnection
from infra.postgres.projections.tables import indexes
from projections.engine.store import Slot

BUILDERS = 2
"""How many connections make indexes, each for one at a time."""
_SETTINGS = {
    "lock_timeout": "8s",
    "maintenance_work_mem": "128MB",
    # Before the tables take the live ones' place, all this is on the disk; until then it can be made again.
    "synchronous_commit": "off",
}


class Builders:
    """For one task at a time."""

    def __init__(self, dsn: str) -> None:
        self._connections = [StandingConnection(dsn, "projections index", settings=_SETTINGS) for _ in range(BUILDERS)]

    async def finish(self, schema: str, slots: Collection[Slot]) -> None:
        """Makes those indexes that are missing, and statistics. `schema` is quoted. Raises psycopg.Error."""
        made = [statement for slot in slots for statement in indexes(schema, slot.model, slot.table)]
        await self._run(sorted(made, key=lambda statement: "USING gin" not in statement))
        await self._run([f'ANALYZE {schema}."{slot.table}"' for slot in slots])

    async def close(self) -> None:
        """Closes the connections; they are opened again when they are needed."""
        for connection in self._connections:
            await connection.close()

    async def _run(self, statements: Iterable[str]) -> None:
        left = iter(statements)

        async def build(standing: StandingConnection) -> None:
            connection = await standing.once()
            for statement in left:
                await connection.execute(statement.encode())

        # Each comes to its end, whatever becomes of the other: what is broken off in its midst goes on at the server.
        for error in await asyncio.gather(*map(build, self._connections), return_exceptions=True):
            if error is not None:
                raise error
