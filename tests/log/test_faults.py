"""Lost connections: nothing that was answered as written is missing, nothing is written twice, and the writer recovers."""

import asyncio

import psycopg
import pytest
from msgspec.structs import replace

from application.ports.log import Append, Appended, AppendRejected, LogUnavailable, Repeated
from infra.postgres.connections import Connections
from infra.postgres.log import writer as writer_module
from infra.postgres.log.log import PostgresLog
from tests.log.requests import command, row, said
from tests.support.postgres import Database
from tests.support.proxy import Cut, Proxy


@pytest.mark.parametrize("moment", ["before commit", "after commit"])
async def test_a_connection_lost_at_the_commit_changes_no_answer(fragile: PostgresLog, proxy: Proxy, moment: Cut) -> None:
    key = command("x")
    await fragile.writer.append(said("test.thing/0"))
    proxy.cut(moment)
    answers = await asyncio.gather(
        fragile.writer.append(said("test.thing/1", count=2, command=key)),
        fragile.writer.append(said("test.thing/2")),  # known again by its event's id
        fragile.writer.append(Append(command=command("no event"), guards={"test.thing/0": 1})),
        fragile.writer.append(Append(guards={"test.thing/0": 1})),
        fragile.writer.append(said("test.thing/1", count=2, command=key)),
    )
    assert proxy.cuts == 1
    assert [type(answer) for answer in answers] == [Appended, Appended, Appended, Appended, Repeated]
    assert [answer[:2] for answer in answers[:3]] == [(2, 3), (4, 4), (None, 4)]
    assert answers[4] == Repeated(None, 2, 3)
    assert [stored.stream[-1] for stored in await fragile.reader.read(0, 10)] == ["0", "1", "1", "2"]
    assert isinstance(await fragile.writer.append(said("test.thing/2", after=1)), Appended)


@pytest.mark.parametrize("moment", ["before commit", "after commit"])
async def test_a_neighbour_that_is_refused_changes_no_answer_either(fragile: PostgresLog, proxy: Proxy, moment: Cut) -> None:
    """The batch that is tried again after the loss has a request that the database refuses, and is halved."""
    twice = row("test.thing/0", 1)
    await fragile.writer.append(Append(rows=[twice], guards={twice.stream: 0}))
    proxy.cut(moment)
    first = asyncio.ensure_future(fragile.writer.append(said("test.thing/1")))
    answers = await asyncio.gather(
        first,
        fragile.writer.append(Append(rows=[replace(twice, stream="test.thing/2")], guards={"test.thing/2": 0})),
        fragile.writer.append(said("test.thing/3")),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [Appended, AppendRejected, Appended]
    assert [stored.stream[-1] for stored in await fragile.reader.read(0, 10)] == ["0", "1", "3"]


async def test_a_connection_that_ended_while_idle_is_not_noticed(database: Database, log: PostgresLog) -> None:
    await log.writer.append(said("test.thing/1"))
    end_sessions(database)
    assert isinstance(await log.writer.append(said("test.thing/1", after=1)), Appended)


async def test_requests_wait_for_the_database_to_come_back(fragile: PostgresLog, proxy: Proxy) -> None:
    await fragile.writer.append(said("test.thing/1"))
    proxy.refuse(refusing=True)
    waiting = [asyncio.ensure_future(fragile.writer.append(said(f"test.thing/{n}"))) for n in range(2, 50)]
    done, _ = await asyncio.wait(waiting, timeout=0.3)
    assert not done
    proxy.refuse(refusing=False)
    assert {type(answer) for answer in await asyncio.gather(*waiting)} == {Appended}


async def test_a_database_that_stays_away_is_said_to_be_away(
    fragile: PostgresLog, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "PATIENCE", 0.2)
    proxy.refuse(refusing=True)
    with pytest.raises(LogUnavailable, match="can't be written now"):
        await fragile.writer.append(said("test.thing/1"))
    with pytest.raises(LogUnavailable):
        async with fragile.writer.lock():
            pytest.fail("there is no lock to hold")
    proxy.refuse(refusing=False)
    monkeypatch.undo()
    assert isinstance(await fragile.writer.append(said("test.thing/1")), Appended)


async def test_a_database_that_hangs_is_not_waited_for(
    fragile: PostgresLog, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "PATIENCE", 0.1)
    monkeypatch.setattr(writer_module, "OVERDUE", 0.3)
    monkeypatch.setattr(writer_module, "_LOOK_EVERY", 0.05)
    key = command("slow")
    proxy.stall(stalling=True)
    first = asyncio.ensure_future(fragile.writer.append(said("test.thing/1", command=key)))
    await asyncio.sleep(0)
    answers = await asyncio.gather(first, fragile.writer.append(said("test.thing/2")), return_exceptions=True)
    assert [str(answer) for answer in answers] == ["the log can't be written now: it doesn't answer"] * 2
    proxy.stall(stalling=False)
    monkeypatch.undo()
    assert isinstance(await fragile.writer.append(said("test.thing/1", command=key)), Appended | Repeated)
    assert len(await fragile.reader.read(0, 10)) == 1


async def test_a_queue_that_is_too_long_is_refused(fragile: PostgresLog, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "LONGEST_QUEUE", 3)
    answers = await asyncio.gather(*(fragile.writer.append(said(f"test.thing/{n}")) for n in range(5)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Appended, Appended, Appended, LogUnavailable, LogUnavailable]


async def test_a_caller_that_goes_away_stops_nobody(log: PostgresLog) -> None:
    gone = asyncio.ensure_future(log.writer.append(said("test.thing/1")))
    stays = asyncio.ensure_future(log.writer.append(said("test.thing/2")))
    await asyncio.sleep(0)
    gone.cancel()
    assert isinstance(await stays, Appended)
    assert isinstance(await log.writer.append(said("test.thing/3")), Appended)


async def test_closing_writes_what_is_queued(database: Database, connections: Connections) -> None:
    log = PostgresLog(database.application, connections, database.organisation)
    await log.start()
    waiting = [asyncio.ensure_future(log.writer.append(said(f"test.thing/{n}"))) for n in range(20)]
    await asyncio.sleep(0)
    await log.close()
    assert {type(answer) for answer in await asyncio.gather(*waiting)} == {Appended}
    with pytest.raises(LogUnavailable, match="stopped"):
        await log.writer.append(said("test.thing/30"))


async def test_closing_does_not_wait_for_a_database_that_hangs(
    database: Database, connections: Connections, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "PATIENCE", 0.1)
    log = PostgresLog(proxy.conninfo, connections, database.organisation)
    await log.start()
    proxy.stall(stalling=True)
    waiting = asyncio.ensure_future(log.writer.append(said("test.thing/1")))
    await asyncio.sleep(0)
    await asyncio.wait_for(log.close(), 5)
    with pytest.raises(LogUnavailable, match="stopped before it had an answer"):
        await waiting


async def test_a_log_that_starts_without_its_database_finds_it_later(
    database: Database, connections: Connections, proxy: Proxy
) -> None:
    proxy.refuse(refusing=True)
    async with PostgresLog(proxy.conninfo, connections, database.organisation) as log:
        waiting = asyncio.ensure_future(log.writer.append(said("test.thing/1")))
        proxy.refuse(refusing=False)
        assert isinstance(await waiting, Appended)


def end_sessions(database: Database) -> None:
    """Ends every session of the application."""
    with psycopg.connect(database.server, autocommit=True) as server:
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database.name,))
