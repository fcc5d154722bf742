"""A time names a position, whatever times were recorded, and finding it doesn't read the log."""

import random
from bisect import bisect_right
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import psycopg
import pytest

from application.ports.moments import Moment, NotYet
from infra.postgres.connections import Connections
from infra.postgres.log.moments import BLOCK, PostgresMoments
from tests.support.postgres import Database

START = datetime(2026, 1, 1, tzinfo=UTC)
INSERT = """
    INSERT INTO "{}".events (format, position, recorded_at, effective_at, event_id, stream, stream_version, type)
    SELECT 1, u.*, gen_random_uuid(), 'test.thing/1', u.position, 'test.happened.v1'
    FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) u (position, recorded_at, effective_at)
"""


@pytest.fixture
async def moments(database: Database) -> AsyncIterator[PostgresMoments]:
    async with Connections(database.application) as connections:
        yield PostgresMoments(connections, database.organisation)


def recorded(count: int) -> list[datetime]:
    """Several in one microsecond are common."""
    return [START + timedelta(seconds=position // 3) for position in range(count)]


def happened(seed: int, count: int) -> list[datetime]:
    """As recorded, but for runs that were imported and lie anywhere before."""
    rng, times, imports = random.Random(seed), recorded(count), False
    for position, time in enumerate(times):
        imports ^= rng.random() < 0.01
        if imports:
            times[position] = time - timedelta(days=rng.randrange(400), seconds=rng.randrange(9))
    return times


def write(database: Database, known: list[datetime], true: list[datetime], after: int = 0) -> None:
    with psycopg.connect(database.owner, autocommit=True) as owner:
        places = [*range(after + 1, len(known) + 1)]
        owner.execute(INSERT.format(database.schema).encode(), (places, known[after:], true[after:]))


async def test_an_empty_log_has_position_0_only(moments: PostgresMoments) -> None:
    assert await moments.at(0) == Moment(0, None)
    assert [await moments.recorded(START), await moments.effective(START)] == [Moment(0, None, START)] * 2
    with pytest.raises(NotYet):
        await moments.at(1)


async def test_every_time_gives_the_position_that_a_walk_through_the_log_gives(
    database: Database, moments: PostgresMoments
) -> None:
    count, rng = 5 * BLOCK + 37, random.Random(5)
    known, true = recorded(count), happened(3, count)
    reached = [*accumulate(true, max)]
    for upto in (100, BLOCK, 3 * BLOCK - 1, count):
        write(database, known[:upto], true[:upto], await latest(database))
        for _ in range(150):
            time = rng.choice(true) + timedelta(microseconds=rng.choice([-1, 0, 1]))
            effective, by_record = bisect_right(reached[:upto], time), bisect_right(known[:upto], time)
            assert await moments.effective(time) == Moment(effective, reached[effective - 1] if effective else None, time)
            assert await moments.recorded(time) == Moment(by_record, reached[by_record - 1] if by_record else None, time)
            position = rng.randint(1, upto)
            assert await moments.at(position) == Moment(position, reached[position - 1])


async def latest(database: Database) -> int:
    with psycopg.connect(database.owner) as owner:
        row = owner.execute(f'select coalesce(max(position), 0) from "{database.schema}".events'.encode()).fetchone()
    return row[0] if row else 0


async def test_what_is_still_to_come_is_told(database: Database, moments: PostgresMoments) -> None:
    write(database, [START], [START])
    with pytest.raises(NotYet, match="position 1, not to 2"):
        await moments.at(2)
    for find in (moments.recorded, moments.effective):
        with pytest.raises(NotYet, match="still to come"):
            await find(datetime.now(UTC) + timedelta(hours=1))


async def test_at_most_two_blocks_of_the_log_are_read(database: Database, moments: PostgresMoments) -> None:
    count = 60 * BLOCK
    known = recorded(count)
    imported = [START + timedelta(seconds=position // 3) for position in range(count // 2)] + [START] * (count // 2)
    write(database, [START + timedelta(days=9) for _ in known], imported)
    await moments.effective(START)
    for time in (START, START + timedelta(seconds=count // 8), START + timedelta(days=1)):
        with psycopg.connect(database.owner, autocommit=True, cursor_factory=psycopg.RawCursor) as owner:
            owner.execute(b"analyze")
            explained = b"explain (analyze, format json) " + moments._effective.partition("\n")[2].encode()
            [[found]] = owner.execute(explained, [time.isoformat()]).fetchall()
        assert read(found[0]["Plan"]) <= 4 * BLOCK


def read(plan: dict[str, object]) -> float:
    """The rows that a plan took from tables, those that it threw away too."""
    own = 0.0
    if "Relation Name" in plan:
        rows = plan["Actual Rows"], plan.get("Rows Removed by Filter", 0)
        own = sum(map(float, map(str, rows))) * float(str(plan["Actual Loops"]))
    parts = plan.get("Plans", [])
    assert isinstance(parts, list)
    return own + sum(map(read, parts))


async def test_what_is_kept_needs_no_sum_when_it_is_asked(database: Database, moments: PostgresMoments) -> None:
    times = recorded(5 * BLOCK)
    write(database, times, times)
    await moments.keep()
    with psycopg.connect(database.owner) as owner:
        kept = owner.execute(f"SELECT max(position) FROM {database.schema}.moments".encode()).fetchone()
    assert kept is not None
    assert kept[0] >= 3 * BLOCK
    assert (await moments.recorded(times[100])).position == bisect_right(times, times[100])
