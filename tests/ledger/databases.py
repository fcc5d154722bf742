"""A database with a log in it, sealed or to be sealed, for tests of the ledger."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from application.ports.log import Row
from infra.ledger.sealing.keyring import KeyRing
from infra.ledger.sealing.outside import OutsideCopy
from infra.ledger.sealing.sealer import SETTINGS, Sealer
from infra.postgres.connections import StandingConnection
from tests.ledger.histories import LOG
from tests.support.postgres import Database

RING = KeyRing((LOG,), (LOG.verifier,))

_COLUMNS = sql.SQL(", ").join(map(sql.Identifier, Row._fields))
_MICROSECONDS = sql.SQL("timestamptz 'epoch' + {} * interval '1 microsecond'")


def fill(database: Database, rows: Iterable[Row]) -> None:
    """Appends rows as they are, past the writer."""
    values = sql.SQL(", ").join(
        _MICROSECONDS.format(sql.Placeholder()) if name in ("recorded_at", "effective_at") else sql.Placeholder()
        for name in Row._fields
    )
    insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(database.schema, "events"), _COLUMNS, values)
    with psycopg.connect(database.owner) as connection, connection.cursor() as cursor:
        cursor.executemany(insert, rows)


def tamper(database: Database, statement: str, *values: object) -> None:
    """Changes what nobody may change: as superuser, with triggers and foreign keys off."""
    with psycopg.connect(database.owner, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(database.schema)))
        connection.execute(statement.encode(), values)


@asynccontextmanager
async def sealer(database: Database, folder: Path, ring: KeyRing = RING) -> AsyncIterator[Sealer]:
    """A sealer of its own, as a process has it."""
    async with StandingConnection(database.application, "ledger", settings=SETTINGS) as connection:
        yield Sealer(connection, database.schema, ring, OutsideCopy(folder / "checkpoint"))
