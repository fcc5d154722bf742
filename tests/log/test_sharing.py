"""Several processes on one log: what each hears of the others, and the order that everybody sees."""

import asyncio
from collections.abc import Mapping

import msgspec
import psycopg
import pytest

from application.ports.log import Appended, Moved, Row
from infra.postgres.connections import Connections
from infra.postgres.log import appender, look, notifications
from infra.postgres.log.log import PostgresLog
from tests.log.requests import command, said
from tests.log.test_faults import end_sessions
from tests.support.postgres import Database


async def test_a_watcher_hears_of_others_before_anything_is_verified_on_it(log: PostgresLog, other: PostgresLog) -> None:
    heard: list[Mapping[str, int]] = []

    def hear(streams: Mapping[str, int]) -> None:
        heard.append(streams)

    log.writer.watch(hear)
    await log.writer.append(said("test.thing/1"))
    assert heard == []
    await other.writer.append(said("test.thing/1", after=1, count=2))
    await other.writer.append(said("test.thing/2"))
    assert await log.writer.append(said("test.thing/1", after=1)) == Moved(frozenset({"test.thing/1"}))
    assert heard == [{"test.thing/1": 3, "test.thing/2": 1}]


async def test_one_who_is_far_behind_catches_up_first(
    log: PostgresLog, other: PostgresLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look, "TAIL", 10)
    monkeypatch.setattr(look, "PAGE", 30)
    heard: dict[str, int] = {}

    def hear(streams: Mapping[str, int]) -> None:
        heard.update(streams)

    log.writer.watch(hear)
    await asyncio.gather(*(other.writer.append(said(f"test.thing/{n}")) for n in range(100)))
    assert isinstance(await log.writer.append(said("test.thing/7", after=1)), Appended)
    assert heard == {f"test.thing/{n}": 1 for n in range(100)}


async def test_one_who_is_very_far_behind_skips_what_is_new_and_trusts_nothing_that_was_remembered(
    log: PostgresLog, other: PostgresLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("TAIL", 10), ("PAGE", 20), ("PART", 30)):
        monkeypatch.setattr(look, name, value)
    for name, value in (("TAIL", 10), ("PAGES", 1)):
        monkeypatch.setattr(appender, name, value)
    heard: dict[str, int] = {}

    def hear(streams: Mapping[str, int]) -> None:
        heard.update(streams)

    log.writer.watch(hear)
    for n in (1, 2, 3):
        await log.writer.append(said(f"test.thing/{n}"))
    await asyncio.gather(*(other.writer.append(said(f"test.new/{n}")) for n in range(100)))
    await other.writer.append(said("test.thing/1", after=1, count=2))
    await asyncio.gather(*(other.writer.append(said(f"test.newer/{n}")) for n in range(40)))
    for stream in ("test.thing/1", "test.new/99", "test.newer/1"):
        request = said("test.thing/9")
        guarding = msgspec.structs.replace(request, guards={**request.guards, stream: int(stream == "test.thing/1")})
        assert await log.writer.append(guarding) == Moved(frozenset({stream}))
    assert heard["test.thing/1"] == 3
    assert len(heard) < 60, "what is new is passed over"
    for stream, version in (("test.thing/1", 3), ("test.thing/2", 1), ("test.newer/1", 1)):
        assert isinstance(await log.writer.append(said(stream, after=version)), Appended)


async def test_a_stream_that_others_made_long_ago_is_found_when_it_is_taken_for_absent(
    database: Database, connections: Connections, log: PostgresLog
) -> None:
    await log.writer.append(said("test.thing/1"))
    async with PostgresLog(database.application, connections, database.organisation) as fresh:
        answers = await asyncio.gather(fresh.writer.append(said("test.thing/1")), fresh.writer.append(said("test.thing/2")))
    assert answers[0] == Moved(frozenset({"test.thing/1"}))
    assert isinstance(answers[1], Appended)


async def test_the_same_command_in_two_processes_is_done_once(log: PostgresLog, other: PostgresLog) -> None:
    keys = [command(str(n)) for n in range(50)]
    answers = await asyncio.gather(
        *(process.writer.append(said(f"test.thing/{n}", command=key)) for n, key in enumerate(keys) for process in (log, other))
    )
    assert sum(isinstance(answer, Appended) for answer in answers) == 50
    assert len(await log.reader.read(0, 1_000)) == 50


async def test_readers_see_positions_in_order_and_without_gaps_while_two_write(log: PostgresLog, other: PostgresLog) -> None:
    async def write(process: PostgresLog, name: str) -> None:
        for n in range(60):
            await asyncio.gather(*(process.writer.append(said(f"test.{name}/{n}-{k}", count=1 + k)) for k in range(3)))

    async def follow(process: PostgresLog, limit: int) -> list[Row]:
        rows: list[Row] = []
        while len(rows) < 720:
            page = await process.reader.read(len(rows), limit)
            assert [stored.position for stored in page] == list(range(len(rows) + 1, len(rows) + 1 + len(page)))
            rows += page
            if not page:
                assert await process.reader.wait(len(rows), 10)
        return rows

    _, _, first, second = await asyncio.gather(write(log, "a"), write(other, "b"), follow(log, 7), follow(other, 100))
    assert first == second
    assert first == sorted(first, key=lambda stored: (stored.recorded_at, stored.position))


async def test_a_reader_hears_of_what_another_process_wrote(log: PostgresLog, other: PostgresLog) -> None:
    waiting = asyncio.ensure_future(log.reader.wait(0, 10))
    await other.writer.append(said("test.thing/1"))
    assert await waiting
    assert not await log.reader.wait(1, 0.01)


async def test_a_reader_that_lost_its_connection_or_its_news_still_arrives(
    database: Database, log: PostgresLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The listener's session is ended, and the row comes from one who tells nobody."""
    monkeypatch.setattr(notifications, "_POLL_EVERY", 0.05)
    waiting = asyncio.ensure_future(log.reader.wait(0, 10))
    await asyncio.sleep(0)
    end_sessions(database)
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO org_main.events (format, position, recorded_at, effective_at, event_id, stream, stream_version, type) "
            "VALUES (1, 1, now(), now(), gen_random_uuid(), 'test.thing/1', 1, 'test.happened.v1')"
        )
    assert await waiting


async def test_a_log_that_lost_its_last_entries_is_begun_anew(database: Database, log: PostgresLog) -> None:
    """As after a fail-over to a copy that lagged behind: what was remembered no longer holds, the guards must."""
    await log.writer.append(said("test.thing/1", count=2))
    with psycopg.connect(database.owner, autocommit=True) as owner, owner.transaction():
        owner.execute("ALTER TABLE org_main.events DISABLE TRIGGER USER")
        owner.execute("DELETE FROM org_main.events WHERE position = 2")
        owner.execute("ALTER TABLE org_main.events ENABLE TRIGGER USER")
    assert await log.writer.append(said("test.thing/1", after=2)) == Moved(frozenset({"test.thing/1"}))
    answer = await log.writer.append(said("test.thing/1", after=1))
    assert isinstance(answer, Appended)
    assert answer.first == 2
