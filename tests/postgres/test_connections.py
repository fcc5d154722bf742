"""The pool and standing connections: they come back by themselves after their sessions were ended."""

import asyncio

import psycopg
import pytest
from psycopg import AsyncConnection

from infra.postgres.access import connect_as_owner
from infra.postgres.connections import Connections, StandingConnection
from infra.postgres.errors import DatabaseUnreachable
from tests.support.postgres import Database


def end_sessions(database: Database) -> int:
    """What a restart of the server does to us; the number of sessions ended."""
    with connect_as_owner(database.server) as server:
        return server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database.name,)
        ).rowcount


async def position(connection: AsyncConnection) -> object:
    row = await (await connection.execute("SELECT coalesce(max(position), 0) FROM org_main.events")).fetchone()
    assert row is not None
    return row[0]


async def cancelled_half_way(connections: Connections) -> None:
    async with connections.connection() as connection, connection.transaction():
        await connection.execute("CREATE TABLE org_main.half ()")
        raise asyncio.CancelledError


async def test_after_a_restart_one_request_fails_and_the_rest_go_on(database: Database) -> None:
    async with Connections(database.application, size=4) as connections:
        holding = [connections.connection() for _ in range(4)]
        for held in holding:
            assert await position(await held.__aenter__()) == 0
        for held in holding:
            await held.__aexit__(None, None, None)
        assert end_sessions(database) == 4
        with pytest.raises(psycopg.OperationalError):
            async with connections.connection() as connection:
                await position(connection)
        assert connections._mending is not None
        await connections._mending
        for _ in range(4):
            async with connections.connection() as connection:
                assert await position(connection) == 0


async def test_an_error_of_a_statement_does_not_cost_the_connection(database: Database) -> None:
    async with Connections(database.application, size=1) as connections:
        async with connections.connection() as connection:
            before = connection.info.backend_pid
            with pytest.raises(psycopg.errors.UndefinedTable):
                await connection.execute("SELECT FROM org_main.nothing")
        async with connections.connection() as connection:
            assert connection.info.backend_pid == before


async def test_a_transaction_that_was_left_open_is_rolled_back(database: Database) -> None:
    async with Connections(database.application, size=1) as connections:
        with pytest.raises(asyncio.CancelledError):
            await cancelled_half_way(connections)
        async with connections.connection() as connection:
            row = await (await connection.execute("SELECT to_regclass('org_main.half')")).fetchone()
            assert row == (None,)


async def test_a_pool_without_a_server_says_so() -> None:
    connections = Connections("postgresql://127.0.0.1:1/nothing")
    with pytest.raises(DatabaseUnreachable):
        await connections.open(within=0.2)


async def test_a_standing_connection_prepares_itself_again(database: Database) -> None:
    prepared = []

    async def listen(connection: AsyncConnection) -> None:
        await connection.execute("LISTEN news")
        prepared.append(connection.info.backend_pid)

    async with StandingConnection(database.application, "listener", listen) as standing:
        first = await standing.live()
        assert await standing.live() is first
        end_sessions(database)
        with pytest.raises(psycopg.OperationalError):
            await first.execute("SELECT 1")
        second = await standing.live()
        with connect_as_owner(database.owner) as owner:
            owner.execute("NOTIFY news, 'hello'")
        heard = [note.payload async for note in second.notifies(timeout=5, stop_after=1)]
    assert heard == ["hello"]
    assert len(set(prepared)) == 2


async def test_a_standing_connection_that_cannot_be_prepared_is_not_kept(database: Database) -> None:
    async def refuse(connection: AsyncConnection) -> None:
        await connection.execute("SELECT 1/0")

    async with StandingConnection(database.application, "broken", refuse) as standing:
        with pytest.raises(psycopg.errors.DivisionByZero):
            await standing.live()
    with connect_as_owner(database.server) as server:
        left = server.execute("SELECT FROM pg_stat_activity WHERE application_name = 'onrecord broken'")
        assert left.rowcount == 0


async def test_a_cancellation_that_comes_with_a_connection_is_not_lost(database: Database) -> None:
    async with Connections(database.application, size=1) as connections:
        for _ in range(20):
            held = connections.connection()
            await held.__aenter__()
            waiting = asyncio.create_task(_use_and_wait(connections))
            while not connections.statistics().get("requests_waiting"):  # noqa: ASYNC110 (the pool tells nobody)
                await asyncio.sleep(0)
            await held.__aexit__(None, None, None)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                async with asyncio.timeout(5):
                    await waiting


async def _use_and_wait(connections: Connections) -> None:
    async with connections.connection():
        pass
    await asyncio.Event().wait()
