"""Appends that are staged first."""

import asyncio
from uuid import uuid4

import pytest
from msgspec.structs import replace

from application.ports.log import Append, Appended, AppendRejected, Moved, NewRow, Repeated
from infra.postgres.log import staging
from infra.postgres.log.log import PostgresLog
from tests.log.requests import ANN, command, row, said


def import_of(count: int, moment: int | None = None) -> list[NewRow]:
    """Rows of as many streams."""
    return [
        NewRow(uuid4(), f"test.thing/{n}", 1, "test.happened.v1", ANN, None, None, None, None, b"{}", b'{"n":%d}' % n, moment)
        for n in range(count)
    ]


async def test_a_large_act_is_written_as_a_whole_and_in_order(log: PostgresLog) -> None:
    await log.writer.append(said("test.other/1"))
    rows = import_of(5_000, moment=1_000)
    key = command("import")
    request = Append(rows=rows, guards=dict.fromkeys((new.stream for new in rows), 0), command=key)
    answers = await asyncio.gather(
        log.writer.append(request), *(log.writer.append(said(f"test.other/{n}")) for n in range(2, 20))
    )
    assert isinstance(answers[0], Appended)
    assert answers[0].last - (answers[0].first or 0) == 4_999
    stored = await log.reader.read((answers[0].first or 0) - 1, 5_000)
    assert [(kept.event_id, kept.stream, kept.payload, kept.effective_at) for kept in stored] == [
        (new.event_id, new.stream, new.payload, 1_000) for new in rows
    ]
    assert len({kept.salt for kept in stored}) == 5_000
    assert await log.reader.head() == 5_019
    assert await log.writer.append(request) == Repeated(None, answers[0].first, answers[0].last)


async def test_a_large_act_is_guarded_like_any_other(log: PostgresLog) -> None:
    await log.writer.append(said("test.thing/77"))
    rows = import_of(3_000)
    request = Append(rows=rows, guards=dict.fromkeys((new.stream for new in rows), 0))
    assert await log.writer.append(request) == Moved(frozenset({"test.thing/77"}))
    assert await log.reader.head() == 1


async def test_large_is_also_what_has_many_bytes(log: PostgresLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "_BYTES", 100_000)
    answer = await log.writer.append(said("test.thing/1", count=3, payload=b"x" * 60_000))
    assert isinstance(answer, Appended)
    assert [len(stored.payload or b"") for stored in await log.reader.read(0, 9)] == [60_000] * 3


async def test_what_the_database_refuses_is_rejected(log: PostgresLog) -> None:
    rows = import_of(3_000)
    rows[2_500] = replace(rows[2_500], event_id=rows[0].event_id)
    with pytest.raises(AppendRejected, match="event_id"):
        await log.writer.append(Append(rows=rows, guards=dict.fromkeys((new.stream for new in rows), 0)))
    assert isinstance(await log.writer.append(said("test.thing/0")), Appended)


async def test_what_is_too_large_is_refused_by_name(log: PostgresLog) -> None:
    rows = [row("test.thing/1", 1)] * 500_001
    with pytest.raises(AppendRejected, match="500001 events are more than can be appended at once"):
        await log.writer.append(Append(rows=rows, guards={"test.thing/1": 0}))
