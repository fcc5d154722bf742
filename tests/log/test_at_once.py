"""Appending in one round trip: what was supposed of the log is verified by the statement that writes."""

import asyncio
from collections.abc import Sequence

import pytest
from psycopg import pq

from application.ports.log import Append, Appended, CommandIdReused, Expired, Moved, Repeated
from infra.postgres.log.log import PostgresLog
from infra.postgres.log.pipe import Pipe, Statement
from tests.log.requests import command, said
from tests.support.proxy import Cut, Proxy


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The last statement but one of each round trip so far."""
    ran: list[bytes] = []
    run = Pipe.run

    async def noted(pipe: Pipe, statements: Sequence[Statement]) -> list[pq.abc.PGresult]:
        ran.append(statements[-2].name if len(statements) > 1 else statements[-1].name)
        return await run(pipe, statements)

    monkeypatch.setattr(Pipe, "run", noted)
    return ran


async def known(log: PostgresLog) -> None:
    """Lets a writer look at the log once, after which it knows it."""
    assert isinstance(await log.writer.append(said("test.thing/0", command=command("first"))), Appended)


async def test_a_command_takes_one_round_trip_where_nobody_else_writes(log: PostgresLog, trips: list[bytes]) -> None:
    await known(log)
    del trips[:]
    answers = await asyncio.gather(
        log.writer.append(said("test.thing/1", count=2, command=command("x"))),
        log.writer.append(said("test.thing/0", after=7, command=command("y"))),
        log.writer.append(Append(command=command("z"), refusal=b"{}", guards={"test.thing/0": 1})),
    )
    assert [step for step in trips if step != b"notify"] == [b"append"]
    rows = await log.reader.read(1, 10)
    recorded_at = rows[0].recorded_at
    assert list(answers) == [Appended(2, 3, recorded_at), Moved(frozenset({"test.thing/0"})), Appended(None, 3, recorded_at)]
    assert [(row.position, row.recorded_at, row.effective_at) for row in rows] == [(n, recorded_at, recorded_at) for n in (2, 3)]


async def test_it_is_looked_at_again_where_somebody_else_has_written(
    log: PostgresLog, other: PostgresLog, trips: list[bytes]
) -> None:
    await known(log)
    await other.writer.append(said("test.thing/1", command=command("theirs")))
    assert isinstance(await log.writer.append(said("test.thing/1", command=command("ours"))), Moved)
    await other.writer.append(said("test.thing/2", command=command("theirs again")))
    del trips[:]
    assert isinstance(await log.writer.append(said("test.thing/3", command=command("third"))), Appended)
    assert b"append" not in trips, "who isn't alone shouldn't suppose so"
    del trips[:]
    assert isinstance(await log.writer.append(said("test.thing/4", command=command("fourth"))), Appended)
    assert isinstance(await log.writer.append(said("test.thing/5", command=command("fifth"))), Appended)
    assert trips.count(b"append") >= 1
    assert [row.position for row in await log.reader.read(0, 10)] == [1, 2, 3, 4, 5, 6]


async def test_a_stream_that_is_wrongly_taken_for_absent_is_found_by_the_insert(log: PostgresLog, other: PostgresLog) -> None:
    await other.writer.append(said("test.thing/1", command=command("long ago")))
    async with asyncio.timeout(10):
        await known(log)
    log.writer._appender._versions.start_at(2)  # as if it had been forgotten
    answers = await asyncio.gather(
        log.writer.append(said("test.thing/1", command=command("x"))),
        log.writer.append(said("test.thing/2", command=command("y"))),
    )
    assert answers[0] == Moved(frozenset({"test.thing/1"}))
    assert isinstance(answers[1], Appended)


async def test_a_command_on_record_is_repeated(log: PostgresLog, other: PostgresLog) -> None:
    key = command("x")
    await other.writer.append(said("test.thing/1", command=key))
    await known(log)
    reused = command("something else", number=key.command_id)
    answers = await asyncio.gather(
        log.writer.append(said("test.thing/2", command=key)),
        log.writer.append(said("test.thing/3", command=reused)),
        log.writer.append(said("test.thing/4", command=command("z"))),
        return_exceptions=True,
    )
    assert answers[0] == Repeated(None, 1, 1)
    assert isinstance(answers[1], CommandIdReused)
    assert isinstance(answers[2], Appended)


async def test_an_authority_that_has_ended_is_found_by_the_clock_under_the_lock(log: PostgresLog) -> None:
    await known(log)
    (row,) = await log.reader.read(0, 1)
    late, early = row.recorded_at + 3_600_000_000, row.recorded_at
    answers = await asyncio.gather(
        *(
            log.writer.append(
                Append(rows=said(f"test.thing/{n}").rows, guards={f"test.thing/{n}": 0}, command=command(), not_after=until)
            )
            for n, until in enumerate((late, early, None), 1)
        )
    )
    assert [type(answer) for answer in answers] == [Appended, Expired, Appended]


@pytest.mark.parametrize("moment", ["before commit", "after commit"])
async def test_a_connection_lost_at_the_commit_changes_no_answer(
    fragile: PostgresLog,
    proxy: Proxy,
    trips: list[bytes],
    moment: Cut,
) -> None:
    await known(fragile)
    key, refused = command("x"), command("refused")
    del trips[:]
    proxy.cut(moment)
    answers = await asyncio.gather(
        fragile.writer.append(said("test.thing/1", count=2, command=key)),
        fragile.writer.append(said("test.thing/2", command=command("y"))),
        fragile.writer.append(Append(command=refused, refusal=b"{}", guards={"test.thing/0": 1})),
        fragile.writer.append(said("test.thing/1", count=2, command=key)),
    )
    assert proxy.cuts == 1
    assert trips[0] == b"append"
    assert [type(answer) for answer in answers] == [Appended, Appended, Appended, Repeated]
    rows = await fragile.reader.read(0, 10)
    times = [row.recorded_at for row in rows]
    assert [stored.stream[-1] for stored in rows] == ["0", "1", "1", "2"]
    done = [Appended(2, 3, times[1]), Appended(4, 4, times[3]), Appended(None, 4, times[3])]
    assert list(answers) == [*done, Repeated(None, 2, 3)]
    assert isinstance(await fragile.writer.append(said("test.thing/2", after=1, command=command("on"))), Appended)
