"""Acts that are sent to the staging tables piece by piece: rows and keys of one transaction, the keys ahead of the log's lock."""

import asyncio
from uuid import UUID, uuid4

import psycopg
from msgspec.structs import replace

from application.ports.log import Appended, Moved, NewKey, Unmoved
from infra.postgres.log.log import PostgresLog
from tests.log.requests import command, row, said
from tests.support.postgres import Database
from tests.support.waiting import until

ALL = Unmoved(("test.thing",), 0)
SECONDS = 8


def key() -> NewKey:
    return NewKey(uuid4(), uuid4(), 1, bytes(60))


def keys_of(database: Database) -> set[UUID]:
    with psycopg.connect(database.owner) as owner:
        return {found for (found,) in owner.execute("SELECT id FROM org_main_keys.data_keys")}


async def test_rows_and_keys_are_written_as_one(log: PostgresLog, other: PostgresLog, database: Database) -> None:
    keys = [key() for _ in range(3)]
    async with log.writer.stage(SECONDS) as staged:
        for n, new in enumerate(keys):
            await staged.add([row(f"test.thing/{n}", 1)], [new])
        await other.writer.append(said("test.other/1"))
        assert keys_of(database) == set()
        answer = await staged.append(command(), {}, ALL)
    assert isinstance(answer, Appended)
    assert (answer.first, answer.last) == (2, 4)
    assert keys_of(database) == {new.id for new in keys}


async def test_what_is_not_written_leaves_no_key(log: PostgresLog, other: PostgresLog, database: Database) -> None:
    async with log.writer.stage(SECONDS) as staged:
        await staged.add([row("test.thing/1", 1)], [key()])
        await other.writer.append(said("test.thing/2"))
        assert await staged.append(command(), {}, ALL) == Moved(frozenset())
    assert keys_of(database) == set()
    assert await log.reader.head() == 1


async def test_who_makes_the_same_key_under_the_lock_goes_first(log: PostgresLog, other: PostgresLog, database: Database) -> None:
    same = key()
    async with log.writer.stage(SECONDS) as staged:
        await staged.add([row("test.thing/1", 1)], [same])
        async with other.writer.lock() as held:
            writing = asyncio.create_task(staged.append(command(), {}, ALL))
            await asyncio.to_thread(until, lambda: _waiting(database))
            answer = await held.append(replace(said("test.other/1"), keys=(same,)))
        assert isinstance(answer, Appended)
        assert await writing == Moved(frozenset())
    assert keys_of(database) == {same.id}


def _waiting(database: Database) -> bool:
    """Whether somebody waits for the log's lock."""
    with psycopg.connect(database.owner) as owner:
        query = "SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE NOT granted AND locktype = 'advisory'"
        return owner.execute(f"{query} AND datname = current_database()".encode()).rowcount > 0
