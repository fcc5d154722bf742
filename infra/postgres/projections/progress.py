"""The checkpoints of read models as a process follows them: told by notifications, and asked for as well."""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import LiteralString

import psycopg
from psycopg import AsyncConnection, sql

from application.tasks import stopped
from infra.postgres.connections import Connections, StandingConnection
from infra.postgres.errors import DatabaseUnreachable
from infra.postgres.migrations import OrganisationSchema
from infra.postgres.projections.batch import told
from infra.postgres.projections.store import channel, in_use
from projections.engine.members import MODELS, Declared
from projections.engine.progress import NotReached, NotRegistered, tables
from projections.engine.store import StoreUnavailable

_POSITIONS: LiteralString = "SELECT table_name, position FROM {} WHERE NOT rebuilds"
_POLL = 0.5
_IDLE_POLL = 5.0


class PostgresProgress:
    """Fulfils projections.engine.progress.Progress for one organisation. `start` makes waiting prompt; without it, it polls.

    A process that runs the follower itself passes `moved` to it, and needn't be told by the database.
    """

    def __init__(self, dsn: str, connections: Connections, organisation: OrganisationSchema) -> None:
        self._connections = connections
        self._organisation = organisation
        self._channel = channel(organisation)
        self._text = sql.SQL(_POSITIONS).format(sql.Identifier(organisation.schema, "projections"))
        self._listening = StandingConnection(dsn, "projections listener", prepare=self._listen)
        self._positions: dict[str, int] = {}
        self._moved = asyncio.Event()
        self._listens = False
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    def start(self) -> None:
        """Begins to listen; reconnects by itself."""
        self._task = asyncio.create_task(self._run(), name="projections listener")

    async def close(self) -> None:
        """Stops listening."""
        self._closing = True
        await stopped(self._task)
        await self._listening.close()

    def moved(self, positions: Mapping[str, int]) -> None:
        """Notes checkpoints by table, and wakes those who wait for them; what is known to be further stays."""
        known = self._positions
        known.update({table: at for table, at in positions.items() if at > known.get(table, -1)})
        self._moved.set()
        self._moved = asyncio.Event()

    async def wait_for(self, position: int, models: Collection[Declared], seconds: float) -> None:
        """Raises NotReached, NotRegistered, StoreUnavailable."""
        wanted = tables(models)
        # What was told is trusted only while we listen: a server that died may have lost the last that followers wrote.
        if self._listens and self._behind(wanted, position) is None:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._until(wanted, position)
        except TimeoutError:
            self._refuse_unregistered(wanted)
            if (model := self._behind(wanted, position)) is not None:
                raise NotReached(model.name, self._positions[model.table], position) from None

    def shows(self, position: int, models: Collection[Declared]) -> bool:
        """Asks nobody."""
        return self._behind(tables(models), position) is None

    async def reached(self, models: Collection[Declared]) -> int:
        """Raises NotRegistered, StoreUnavailable."""
        wanted = tables(models)
        await self._ask()
        self._refuse_unregistered(wanted)
        return min(self._positions[model.table] for model in wanted)

    async def positions(self) -> Mapping[str, int]:
        """The checkpoints by table, as they are now. Raises StoreUnavailable."""
        try:
            async with self._connections.connection() as connection:
                cursor = await connection.execute(self._text)
                return dict(await cursor.fetchall())
        except (psycopg.OperationalError, DatabaseUnreachable) as error:
            raise StoreUnavailable(f"the read models' checkpoints can't be read now: {error}") from error

    async def _until(self, wanted: Collection[Declared], position: int) -> None:
        if not self._listens:
            await self._ask()
        while self._behind(wanted, position) is not None:
            try:
                async with asyncio.timeout(_POLL):
                    await self._moved.wait()
            except TimeoutError:
                await self._ask()

    def _behind(self, wanted: Collection[Declared], position: int) -> Declared | None:
        return next((model for model in wanted if self._positions.get(model.table, -1) < position), None)

    async def _ask(self) -> None:
        self._positions = dict(await self.positions())
        self.moved({})

    def _refuse_unregistered(self, wanted: Collection[Declared]) -> None:
        if missing := sorted(model.name for model in wanted if model.table not in self._positions):
            raise NotRegistered(f"{', '.join(missing)}: no follower of this release has filled it yet")

    async def _run(self) -> None:
        # A cancelled query may end with an error of its own in place of the cancellation.
        while not self._closing:
            with suppress(StoreUnavailable, psycopg.OperationalError):
                connection = await self._listening.live()
                await self._ask()  # what was told before anybody listened
                self._listens = True
                while True:
                    async for news in connection.notifies(timeout=_IDLE_POLL):
                        self.moved(told(news.payload)) if news.payload else await self._ask()
                    await self._ask()
            self._listens = False
            self._positions = dict.fromkeys(self._positions, 0)

    async def _listen(self, connection: AsyncConnection) -> None:
        await connection.execute(f'LISTEN "{self._channel}"'.encode())
        # For as long as this connection lives, nobody drops the tables that this process reads.
        names = [in_use(self._organisation, model.table) for model in MODELS.values() if model.view is None]
        await connection.execute(
            "SELECT pg_advisory_lock_shared(hashtextextended(name, 0)) FROM unnest(%s::text[]) AS name", (names,)
        )
