"""What a process wrote last is read from its memory, and is exactly what the database has."""

import asyncio

from application.ports.log import Append, Row
from infra.postgres.connections import Connections
from infra.postgres.log.arrivals import Arrivals
from infra.postgres.log.log import PostgresLog
from infra.postgres.log.reader import PostgresLogReader
from infra.postgres.log.recent import BYTES, ROWS, SECONDS, Recent
from tests.log.requests import row, said
from tests.support.postgres import Database


async def test_rows_in_memory_are_those_in_the_database(log: PostgresLog, connections: Connections, database: Database) -> None:
    requests = [said(f"test.thing/{number}", count=1 + number % 3) for number in range(30)]
    requests.append(Append(rows=[row("test.past/1", 1, effective_at=7)], guards={"test.past/1": 0}))
    await asyncio.gather(*map(log.writer.append, requests))
    stored = await PostgresLogReader(connections, database.organisation, Arrivals()).read(0, 1_000)
    assert len(stored) == 61
    await connections.close()  # from here on, memory is all there is
    assert await log.reader.news(0, 1_000) == stored
    assert await log.reader.news(10, 7) == stored[10:17]


async def test_where_others_have_written_the_database_is_asked(log: PostgresLog, other: PostgresLog) -> None:
    await log.writer.append(said("test.thing/1"))
    await other.writer.append(said("test.thing/2"))
    await log.writer.append(said("test.thing/3"))
    for reader in (log.reader, other.reader):
        found: list[Row] = []
        while rows := await reader.news(len(found), 10):
            found += rows
        assert [each.stream for each in found] == ["test.thing/1", "test.thing/2", "test.thing/3"]


def test_it_keeps_little_and_not_for_long() -> None:
    now = 0.0
    recent = Recent(lambda: now)
    salts = bytes(16)
    for number in range(3 * ROWS):
        recent.wrote(number, [row("test.thing/1", number + 1)], 0, salts)
        assert recent.read(number, 10)
    assert recent.read(3 * ROWS - ROWS - 1, 1) is None
    large = b" " * (BYTES // 4)
    for number in range(3 * ROWS, 3 * ROWS + 6):
        recent.wrote(number, [row("test.thing/1", number + 1, large)], 0, salts)
    assert recent.read(3 * ROWS, 1) is None
    assert recent.read(3 * ROWS + 5, 1)
    now = SECONDS + 1
    assert recent.read(3 * ROWS + 5, 1) is None
