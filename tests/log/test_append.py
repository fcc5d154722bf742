"""Appending and reading: what comes back, in which order, under which conditions."""

import asyncio
from uuid import uuid4

import pytest
from msgspec.structs import replace

from application.ports.log import (
    Append,
    Appended,
    AppendRejected,
    CommandIdReused,
    Expired,
    Moved,
    NewRow,
    Repeated,
)
from infra.postgres.log.log import PostgresLog
from tests.log.requests import ANN, command, row, said


async def test_a_row_comes_back_as_it_was_written(log: PostgresLog) -> None:
    new = NewRow(
        uuid4(), "test.thing/一", 1, "test.happened.v1", ANN, uuid4(), uuid4(), uuid4(), uuid4(), b'{"a":1}', "上海".encode(), 7
    )
    answer = await log.writer.append(Append(rows=[new], guards={new.stream: 0}))
    assert isinstance(answer, Appended)
    (stored,) = await log.reader.read(0, 10)
    assert stored.salt is not None
    assert len(stored.salt) == 16
    assert stored == (
        1, 1, answer.recorded_at, 7, new.event_id, new.stream, 1, new.type, new.actor, new.on_behalf_of, new.command_id,
        new.correlation_id, new.causation_id, new.context, new.payload, stored.salt,
    )  # fmt: skip
    assert await log.reader.streams([new.stream, "test.thing/二"]) == {new.stream: [stored], "test.thing/二": []}


async def test_positions_follow_the_order_of_the_queue_without_gaps(log: PostgresLog) -> None:
    answers = await asyncio.gather(*(log.writer.append(said(f"test.thing/{n}", count=1 + n % 3)) for n in range(100)))
    expected = 1
    for n, answer in enumerate(answers):
        assert isinstance(answer, Appended)
        assert (answer.first, answer.last) == (expected, expected + n % 3)
        expected += 1 + n % 3
    rows = await log.reader.read(0, 1_000)
    assert [stored.position for stored in rows] == list(range(1, expected))
    assert await log.reader.head() == expected - 1
    assert len({stored.salt for stored in rows}) == len(rows)


async def test_pages_are_bounded_on_both_sides(log: PostgresLog) -> None:
    await log.writer.append(said("test.thing/1", count=10))
    assert [stored.position for stored in await log.reader.read(3, 2)] == [4, 5]
    assert [stored.position for stored in await log.reader.read(3, 100, upto=6)] == [4, 5, 6]
    assert await log.reader.read(10, 5) == []


async def test_each_request_of_a_batch_has_its_own_answer(log: PostgresLog) -> None:
    await log.writer.append(said("test.thing/1"))
    first, used = command("first"), command("used")
    await log.writer.append(Append(command=used))
    answers = await asyncio.gather(
        log.writer.append(said("test.thing/1", after=1, command=first)),
        log.writer.append(said("test.thing/1", after=1)),  # its neighbour was quicker
        log.writer.append(said("test.thing/1", after=2)),
        log.writer.append(said("test.thing/2", command=first)),  # the same again
        log.writer.append(Append(command=command("other", first.command_id))),
        log.writer.append(Append(command=used)),
        log.writer.append(Append(guards={"test.thing/3": 0, "test.thing/1": 3})),
        log.writer.append(Append(guards={"test.thing/3": 1})),
        log.writer.append(Append(guards={"test.thing/1": 3}, not_after=1)),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [
        Appended, Moved, Appended, Repeated, CommandIdReused, Repeated, Appended, Moved, Expired
    ]  # fmt: skip
    assert answers[0][:2] == (2, 2)  # type: ignore[index]
    assert answers[1] == Moved(frozenset({"test.thing/1"}))
    assert answers[3] == Repeated(None, 2, 2)
    assert answers[5] == Repeated(None, None, 1)
    assert answers[6][:2] == (None, 3)  # type: ignore[index]
    assert answers[7] == Moved(frozenset({"test.thing/3"}))
    assert await log.reader.head() == 3


async def test_a_refusal_is_repeated_with_its_reason(log: PostgresLog) -> None:
    key = command("refused")
    refused = Append(rows=[row("access.refusals/1", 1)], guards={"access.refusals/1": 0}, command=key, refusal=b'{"why":1}')
    assert isinstance(await log.writer.append(refused), Appended)
    assert await log.writer.append(refused) == Repeated(b'{"why":1}', 1, 1)


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (Append(rows=[row("test.thing/1", 1)]), "without a guard"),
        (Append(rows=[row("test.thing/1", 2)], guards={"test.thing/1": 0}), "doesn't follow version 0"),
        (Append(rows=[row("test.thing/1", 1)] * 2, guards={"test.thing/1": 0}), "doesn't follow version 1"),
        (said("test.thing/1", payload=b"x" * 65_537), "too large"),
    ],
)
async def test_what_does_not_hold_together_is_rejected_at_once(log: PostgresLog, request_: Append, reason: str) -> None:
    with pytest.raises(AppendRejected, match=reason):
        await log.writer.append(request_)


async def test_one_that_the_database_refuses_leaves_its_neighbours_alone(log: PostgresLog) -> None:
    twice = row("test.thing/poison", 1)
    await log.writer.append(Append(rows=[twice], guards={twice.stream: 0}))
    poison = Append(rows=[replace(twice, stream="test.thing/other")], guards={"test.thing/other": 0})
    nul = Append(rows=[row("test.thing/\0", 1)], guards={"test.thing/\0": 0})
    answers = await asyncio.gather(
        *(
            log.writer.append(request)
            for request in [said("test.thing/1"), poison, said("test.thing/2"), nul, said("test.thing/3")]
        ),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [Appended, AppendRejected, Appended, AppendRejected, Appended]
    assert "events_event_id_key" in str(answers[1])
    assert [stored.stream[-1] for stored in await log.reader.read(1, 10)] == ["1", "2", "3"]
