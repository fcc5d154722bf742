"""recorded_at never runs back, and a clock that jumps stops the writer until an operator agrees."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.ports.log import Append, Appended, ClockJumped, Repeated
from infra.postgres.connections import Connections
from infra.postgres.log.clock import LARGEST_JUMP, ClockGuard, Reading
from infra.postgres.log.clock_agreement import agree_to_clock
from infra.postgres.log.log import PostgresLog
from infra.postgres.log.writer import PostgresLogWriter
from tests.log.requests import command, said
from tests.support.postgres import Database

MINUTE = 60_000_000


def at(clock: int, own: int = 0, last: int | None = None, agreement: int = 0, agreed: int | None = None) -> Reading:
    """A reading in minutes."""
    return Reading(
        clock * MINUTE,
        own * MINUTE,
        None if last is None else last * MINUTE,
        agreement,
        None if agreed is None else agreed * MINUTE,
    )


@pytest.mark.parametrize(
    ("readings", "holds"),
    [
        ([at(100), at(400, own=300)], True),
        ([at(100), at(105, own=1)], True),
        ([at(100), at(107, own=1)], False),
        ([at(100), at(95, own=1)], False),
        ([at(100), at(107, own=1, agreement=1)], True),
        ([at(100, agreement=1), at(107, own=1, agreement=1)], False),
        ([at(100), at(103), at(106), at(109)], True),
        ([at(100, last=105)], True),
        ([at(100, last=106)], False),
        ([at(100, last=106, agreement=1, agreed=105)], False),
        ([at(100, last=106, agreement=1, agreed=106)], True),
    ],
)
def test_a_jump_is_more_than_five_minutes_that_nobody_agreed_to(readings: list[Reading], holds: bool) -> None:
    guard = ClockGuard()
    for reading in readings[:-1]:
        guard.time_of(reading)
    if holds:
        assert guard.time_of(readings[-1]) == max(readings[-1].clock, readings[-1].last or 0)
    else:
        with pytest.raises(ClockJumped, match="must agree"):
            guard.time_of(readings[-1])


@given(st.lists(st.tuples(st.integers(0, 3 * LARGEST_JUMP), st.integers(0, 3 * LARGEST_JUMP), st.booleans())))
def test_time_never_runs_back_and_never_leaves_ours_unnoticed(steps: list[tuple[int, int, bool]]) -> None:
    guard, last, agreement, before = ClockGuard(), None, 0, None
    for clock, own, agrees in steps:
        agreement += agrees
        reading = Reading(clock, own, last, agreement, last if agrees else None)
        try:
            time = guard.time_of(reading)
        except ClockJumped:
            assert not agrees
            continue
        assert last is None or time >= last
        if before is not None and reading.agreement == before.agreement:
            assert abs((clock - before.clock) - (own - before.monotonic)) <= LARGEST_JUMP
        last, before = time, reading


class OwnClock:
    """A clock that a test sets."""

    microseconds = 0

    def __call__(self) -> int:
        return self.microseconds


@pytest.fixture
def own_clock() -> OwnClock:
    """What the database's clock is held against."""
    return OwnClock()


@pytest.fixture
async def writer(database: Database, own_clock: OwnClock) -> AsyncIterator[PostgresLogWriter]:
    """A writer whose own clock the test sets: from there the database's clock jumps."""
    async with PostgresLogWriter(database.application, database.organisation, lambda _: None, own_clock) as writer:
        yield writer


async def test_a_writer_stops_at_a_jump_and_goes_on_when_an_operator_agrees(
    database: Database, connections: Connections, writer: PostgresLogWriter, own_clock: OwnClock
) -> None:
    key = command("before")
    await writer.append(said("test.thing/1", command=key))
    own_clock.microseconds = 2 * LARGEST_JUMP
    answers = await asyncio.gather(
        writer.append(said("test.thing/2")),
        writer.append(said("test.thing/1", command=key)),
        writer.append(Append(guards={"test.thing/1": 1})),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [ClockJumped, Repeated, ClockJumped]
    await agree_to_clock(connections, database.organisation, "Ann", "the host was moved")
    assert isinstance(await writer.append(said("test.thing/2")), Appended)
    own_clock.microseconds = 0
    with pytest.raises(ClockJumped):
        await writer.append(said("test.thing/3"))


async def test_a_clock_behind_the_log_waits_for_an_operator_and_does_not_run_back(
    database: Database, connections: Connections, log: PostgresLog
) -> None:
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO org_main.events (format, position, recorded_at, effective_at, event_id, stream, stream_version, type) "
            "VALUES (1, 1, now() + interval '10 minutes', now(), gen_random_uuid(), 'test.thing/1', 1, 'test.happened.v1')"
        )
    with pytest.raises(ClockJumped, match="minutes behind the log"):
        await log.writer.append(said("test.thing/2"))
    await agree_to_clock(connections, database.organisation, "Ann", "the clock was ten minutes ahead")
    answers = [await log.writer.append(said("test.thing/2", after=n)) for n in range(2)]
    (ahead, *later) = await log.reader.read(0, 10)
    assert [type(answer) for answer in answers] == [Appended, Appended]
    assert {stored.recorded_at for stored in later} == {ahead.recorded_at}


async def test_an_agreement_names_who_and_why_and_stays(database: Database, connections: Connections) -> None:
    await agree_to_clock(connections, database.organisation, "Ann", "checked against the time server")
    with psycopg.connect(database.owner, autocommit=True) as owner:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            owner.execute("UPDATE org_main.clock_agreements SET agreed_by = 'Bob'")
        row = owner.execute("SELECT agreed_by, reason, upto FROM org_main.clock_agreements").fetchone()
    assert row == ("Ann", "checked against the time server", None)
