"""Followers' checkpoints in PostgreSQL, and the advisory locks that let one process at a time run each follower."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg import sql

from application.ports.log import LogUnavailable
from infra.postgres.connections import Connections, StandingConnection
from infra.postgres.errors import DatabaseUnreachable

LOOK_AGAIN = 1.0
"""Seconds between two tries for a lock that another process holds."""


class PostgresCheckpoints:
    """Fulfils application.ports.checkpoints.Checkpoints for one organisation's schema."""

    def __init__(self, connections: Connections, dsn: str, schema: str) -> None:
        self._connections, self._dsn, self._schema = connections, dsn, schema
        table = sql.Identifier(schema, "followers")
        self._load = sql.SQL("SELECT position FROM {} WHERE name = %s").format(table)
        self._save = sql.SQL(
            "INSERT INTO {table} AS f (name, position) VALUES (%s, %s)"
            " ON CONFLICT (name) DO UPDATE SET position = excluded.position WHERE f.position < excluded.position"
        ).format(table=table)

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[None]:
        """Holds the follower's lock on a connection of its own."""
        async with StandingConnection(self._dsn, name) as standing:
            while not await self._took(standing, f"{self._schema}/{name}"):  # noqa: ASYNC110 (a lock tells nobody)
                await asyncio.sleep(LOOK_AGAIN)
            yield

    async def _took(self, standing: StandingConnection, key: str) -> bool:
        """Asked again and again, since a statement that waits for a lock would keep VACUUM from its work."""
        connection = await standing.live()
        try:
            cursor = await connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (key,))
            return await cursor.fetchone() == (True,)
        except psycopg.OperationalError:
            return False

    async def load(self, name: str) -> int:
        """The follower's position. Raises LogUnavailable."""
        try:
            async with self._connections.connection() as connection:
                cursor = await connection.execute(self._load, (name,))
                found = await cursor.fetchone()
        except (psycopg.OperationalError, DatabaseUnreachable) as error:
            raise LogUnavailable("the checkpoint can't be read now") from error
        return found[0] if found else 0

    async def save(self, name: str, position: int) -> None:
        """Moves the follower's position on. Raises LogUnavailable."""
        try:
            async with self._connections.connection() as connection:
                await connection.execute(self._save, (name, position))
        except (psycopg.OperationalError, DatabaseUnreachable) as error:
            raise LogUnavailable("the checkpoint can't be written now") from error
