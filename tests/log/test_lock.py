"""Deciding under the log's lock."""

import asyncio

import pytest
from msgspec.structs import replace

from application.ports.log import Append, Appended, AppendRejected, CommandIdReused, Expired, LogUnavailable, Moved
from infra.postgres.log import locked
from infra.postgres.log.log import PostgresLog
from tests.log.requests import command, row, said


async def test_what_is_read_under_the_lock_holds_at_the_append(log: PostgresLog, other: PostgresLog) -> None:
    await log.writer.append(said("test.thing/1"))
    async with log.writer.lock() as held:
        rival = asyncio.ensure_future(other.writer.append(said("test.thing/1", after=1)))
        neighbour = asyncio.ensure_future(log.writer.append(said("test.thing/2")))
        streams = await held.streams(["test.thing/1", "test.thing/9"])
        assert [stored.stream_version for stored in streams["test.thing/1"]] == [1]
        assert streams["test.thing/9"] == []
        assert not rival.done()
        answer = await held.append(said("test.thing/1", after=1))
    assert isinstance(answer, Appended)
    assert answer.first == 2
    assert await rival == Moved(frozenset({"test.thing/1"}))
    assert isinstance(await neighbour, Appended)


async def test_moved_under_the_lock_means_a_wrong_request(log: PostgresLog) -> None:
    async with log.writer.lock() as held:
        assert await held.append(said("test.thing/1", after=7)) == Moved(frozenset({"test.thing/1"}))
    assert await log.reader.head() == 0


async def test_the_lock_is_held_on_while_nothing_was_written(log: PostgresLog, other: PostgresLog) -> None:
    async with log.writer.lock() as held:
        assert isinstance(await held.append(Append(guards={"test.thing/1": 0}, not_after=1)), Expired)
        rival = asyncio.ensure_future(other.writer.append(said("test.thing/1")))
        assert isinstance(await held.append(Append(guards={"test.thing/1": 0})), Appended)
        assert isinstance(await held.append(said("test.thing/1")), Appended)
    assert await rival == Moved(frozenset({"test.thing/1"}))


async def test_the_lock_is_for_one_append(log: PostgresLog) -> None:
    async with log.writer.lock() as held:
        await held.append(said("test.thing/1"))
        with pytest.raises(AppendRejected, match="let go"):
            await held.append(said("test.thing/2"))
        with pytest.raises(AppendRejected, match="let go"):
            await held.streams(["test.thing/1"])


async def test_errors_under_the_lock_leave_the_writer_in_order(log: PostgresLog) -> None:
    key, twice = command("a"), row("test.thing/1", 1)
    await log.writer.append(Append(rows=[twice], guards={twice.stream: 0}, command=key))
    with pytest.raises(CommandIdReused):
        async with log.writer.lock() as held:
            await held.append(Append(command=command("b", key.command_id)))
    with pytest.raises(AppendRejected, match="event_id"):
        async with log.writer.lock() as held:
            await held.append(Append(rows=[replace(twice, stream="test.thing/2")], guards={"test.thing/2": 0}))
    with pytest.raises(KeyError):
        async with log.writer.lock():
            raise KeyError
    assert isinstance(await log.writer.append(said("test.thing/2")), Appended)


async def test_the_lock_is_taken_away_after_its_time(log: PostgresLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locked, "LONGEST", 0.1)
    with pytest.raises(LogUnavailable, match="was held for"):
        async with log.writer.lock():
            await asyncio.Event().wait()
    assert isinstance(await log.writer.append(said("test.thing/1")), Appended)


async def test_a_time_out_of_the_decision_itself_stays_its_own(log: PostgresLog) -> None:
    with pytest.raises(TimeoutError):
        async with log.writer.lock():
            raise TimeoutError
    assert isinstance(await log.writer.append(said("test.thing/1")), Appended)
