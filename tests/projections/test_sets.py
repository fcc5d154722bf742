"""Sets: rows that SQL makes from others are the same, with their history, whatever the batching and whoever is ahead."""

from collections.abc import Iterator, Sequence
from dataclasses import replace as changed
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.directory.events.department import DepartmentOpened
from domain.directory.events.membership import DepartmentJoined, DepartmentLeft, LeaderAppointed
from domain.directory.ids import DepartmentId
from domain.kernel.events import Event, Recorded
from domain.messaging.events.channel import ChannelArchived, ChannelMoved, ChannelOpened, ChannelRenamed, ChannelReopened
from domain.messaging.ids import ChannelId
from infra.postgres.connections import Connections
from infra.postgres.keys import PostgresKeys
from infra.postgres.log.log import PostgresLog
from infra.postgres.projections.progress import PostgresProgress
from infra.postgres.projections.store import PostgresStore
from infra.serialisation.codec import JsonCodec
from projections.engine.apply import Applier
from projections.engine.feeds import FEEDS
from projections.engine.fold import PoisonEvent
from projections.engine.members import Declared
from projections.engine.quarantine import Quarantine
from projections.engine.registry import models
from projections.engine.store import ModelChanged, Slot
from tests.projections.anything import anything
from tests.projections.chronicle import Chronicle
from tests.projections.conftest import Following
from tests.projections.crowds import CROWDS, crowds
from tests.projections.plain import Plain
from tests.projections.stories import an_id, person
from tests.projections.tables import Rows, Tables
from tests.projections.test_any_batching import batches, breaks, differences, emptied
from tests.projections.test_any_model import HELD, SEEDED, histories
from tests.support.postgres import Database

EVENTS = (
    ChannelArchived,
    ChannelMoved,
    ChannelOpened,
    ChannelRenamed,
    ChannelReopened,
    DepartmentJoined,
    DepartmentLeft,
    DepartmentOpened,
    LeaderAppointed,
)
CHANNEL, MEMBERSHIP = models()["Channel"], models()["DepartmentMembership"]
ANN, BO = person("Ann"), person("Bo")
SALES, LAB = DepartmentId(an_id("sales")), DepartmentId(an_id("lab"))
LOBBY, BENCH = ChannelId(an_id("lobby")), ChannelId(an_id("bench"))


@pytest.fixture
def crowd() -> Iterator[Declared]:
    """The set."""
    with crowds() as declared:
        yield declared


def told(plain: Plain, chosen: Sequence[Declared]) -> Rows:
    """What these tables must show."""
    found: Rows = {}
    for model in chosen:
        found |= {model.name: plain.rows(model), f"{model.name} before": plain.versions(model)}
    return found


async def follow(store: PostgresStore, slots: list[Slot], story: Sequence[Recorded[Event]], cuts: set[int]) -> None:
    applier, after = Applier(store, slots), 0
    for part in batches(story, cuts):
        await applier.apply(slots, part, after, part[-1].position)
        after = part[-1].position


@given(histories, breaks)
@SEEDED
async def test_any_batching(store: PostgresStore, tables: Tables, crowd: Declared, numbers: Any, cuts: set[int]) -> None:
    story, plain = anything(numbers, only=EVENTS, faults=0.01)
    slots = await emptied(store, tables, [CHANNEL, MEMBERSHIP, crowd])
    await follow(store, slots, story.recorded, cuts)
    assert differences(await tables.all([crowd]), told(plain, [crowd])) == []
    held = [tuple(row.values()) for row in await tables.rows(HELD)]
    assert held == sorted(tuple(each) for each in plain.held if each.table in (CHANNEL.table, MEMBERSHIP.table))


@given(st.tuples(st.integers(0, 1_000_000), st.integers(1, 40)))
@SEEDED
async def test_every_size_of_batches(store: PostgresStore, tables: Tables, crowd: Declared, numbers: Any) -> None:
    story, plain = anything(numbers, only=EVENTS, faults=0.01)
    count = len(story.recorded)
    for size in {1, 2, 3, 7, max(count - 1, 1), max(count, 1)}:
        slots = await emptied(store, tables, [CHANNEL, MEMBERSHIP, crowd])
        await follow(store, slots, story.recorded, set(range(size, count, size)))
        assert differences(await tables.all([crowd]), told(plain, [crowd])) == [], size


@given(histories, breaks)
@SEEDED
async def test_a_set_comes_after_sources_that_have_gone_on(
    store: PostgresStore, tables: Tables, crowd: Declared, numbers: Any, cuts: set[int]
) -> None:
    story, plain = anything(numbers, only=EVENTS, faults=0.01)
    *sources, late = await emptied(store, tables, [CHANNEL, MEMBERSHIP, crowd])
    await follow(store, sources, story.recorded, set())
    await follow(store, [late], story.recorded, cuts)
    assert differences(await tables.all([crowd]), told(plain, [crowd])) == []


async def some_crowds(chronicle: Chronicle) -> int:
    """Ann and Bo are in sales, which has the lobby; the bench goes from the lab to sales and back."""
    said: list[tuple[str, UUID, Event]] = [
        ("directory.membership", an_id("ann"), DepartmentJoined(person=ANN, department=SALES)),
        ("messaging.channel", LOBBY, opened(LOBBY, SALES)),
        ("messaging.channel", BENCH, opened(BENCH, LAB)),
        ("directory.membership", an_id("bo"), DepartmentJoined(person=BO, department=SALES)),
        ("messaging.channel", BENCH, ChannelMoved(channel=BENCH, department=SALES)),
        ("messaging.channel", LOBBY, ChannelArchived(channel=LOBBY)),
        ("messaging.channel", BENCH, ChannelMoved(channel=BENCH, department=LAB)),
        ("messaging.channel", LOBBY, ChannelReopened(channel=LOBBY)),
    ]
    return await chronicle.say(*said)


def opened(channel: ChannelId, department: DepartmentId) -> ChannelOpened:
    return ChannelOpened(channel=channel, kind="group", visibility="public", department=department)


async def test_a_row_is_there_gone_and_there_again(
    chronicle: Chronicle, following: Following, progress: PostgresProgress, tables: Tables, crowd: Declared
) -> None:
    last = await some_crowds(chronicle)
    async with following():
        await progress.wait_for(last, [crowd], 10)
    now = {row["person_id"]: row for row in await tables.rows(f"SELECT * FROM {{s}}.{crowd.table}")}
    assert {who: (row["channels"], row["valid_from"] - last) for who, row in now.items()} == {ANN: (1, 0), BO: (1, 0)}
    past = await tables.rows(f"SELECT * FROM {{s}}.{crowd.table}_history WHERE person_id = %s ORDER BY valid_from", ANN)
    lobby = last - 7
    held = [(row["channels"], row["valid_from"] - lobby, row["valid_to"] - lobby) for row in past]
    assert held == [(1, 0, 4), (2, 4, 5), (1, 5, 6)]
    assert [len(await tables.at(crowd, lobby + each)) for each in range(-1, 8)] == [0, 1, 1, 1, 2, 2, 2, 0, 2]


@pytest.fixture
def quarantine(log: PostgresLog, keys: PostgresKeys, store: PostgresStore) -> Quarantine:
    return Quarantine(log.reader, JsonCodec(), keys, store)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A read model's function fails for the lobby; undoing the patch mends it."""
    (feed,) = [each for each in FEEDS[ChannelArchived] if each.model is CHANNEL]

    def fails(row: Any, said: Any) -> Any:
        if row.id == LOBBY:
            raise ValueError
        return feed.change(row, said)

    all_feeds: dict[Any, Any] = FEEDS
    monkeypatch.setitem(all_feeds, ChannelArchived, [changed(feed, change=fails)])
    return monkeypatch


async def test_what_follows_from_a_row_that_is_held_waits_with_it(
    chronicle: Chronicle,
    following: Following,
    progress: PostgresProgress,
    tables: Tables,
    crowd: Declared,
    quarantine: Quarantine,
    broken: pytest.MonkeyPatch,
) -> None:
    last = await some_crowds(chronicle)
    await chronicle.say(("directory.membership", an_id("ann"), DepartmentLeft(person=ANN, department=SALES)))
    async with following():
        await progress.wait_for(chronicle.last, [crowd], 10)
        assert [each.model for each in await quarantine.all()] == ["Channel", "Channel"]
        stopped = await tables.rows(f"SELECT * FROM {{s}}.{crowd.table} ORDER BY person_id = %s DESC", ANN)
        assert [(row["channels"], row["valid_from"]) for row in stopped] == [(2, last - 3), (2, last - 3)]
        broken.undo()
        assert await quarantine.release(CHANNEL, LOBBY) == 2
        released = await tables.all([crowd])
        assert [(row["person_id"], row["channels"]) for row in released["Crowd"]] == [(BO, 1)]
    async with following():
        again = await some_crowds_anew(chronicle, tables, progress, crowd)
    assert released == again


async def some_crowds_anew(chronicle: Chronicle, tables: Tables, progress: PostgresProgress, crowd: Declared) -> Rows:
    """The set as it is made from nothing."""
    await tables.execute(
        f"DELETE FROM {{s}}.{crowd.table}; DELETE FROM {{s}}.{crowd.table}_history;"
        f" UPDATE {{s}}.projections SET position = 0 WHERE table_name = '{crowd.table}'"
    )
    await chronicle.say(("messaging.channel", BENCH, ChannelRenamed(channel=BENCH, name="bench")))
    await progress.wait_for(chronicle.last, [crowd], 10)
    return await tables.all([crowd])


FAILS = CROWDS.replace("count(*)::integer as", "(6 / (3 - count(*)))::integer as")
"""It divides by zero for whoever has three channels."""


async def test_a_key_whose_rows_cannot_be_made_is_put_aside_and_no_other(
    chronicle: Chronicle,
    following: Following,
    progress: PostgresProgress,
    tables: Tables,
    store: PostgresStore,
    quarantine: Quarantine,
) -> None:
    with crowds(FAILS) as crowd:
        await chronicle.say(
            ("directory.membership", an_id("ann"), DepartmentJoined(person=ANN, department=SALES)),
            ("directory.membership", an_id("bo"), DepartmentJoined(person=BO, department=LAB)),
            *(("messaging.channel", each, opened(each, SALES)) for each in (LOBBY, BENCH)),
        )
        third = ChannelId(an_id("third"))
        failed = await chronicle.say(("messaging.channel", third, opened(third, SALES)))
        office = ChannelId(an_id("office"))
        last = await chronicle.say(
            ("messaging.channel", office, opened(office, LAB)), ("messaging.channel", third, ChannelArchived(channel=third))
        )
        async with following():
            await progress.wait_for(last, [*models().values()], 10)
            held = await quarantine.all()
            assert [(each.model, each.key, each.position, each.type, each.error) for each in held] == [
                ("Crowd", SALES, failed, "messaging.channel_opened.v1", "DivisionByZero (22012)")
            ]
            assert {row["person_id"]: row["channels"] for row in (await tables.all([crowd]))["Crowd"]} == {ANN: 6, BO: 3}
            with pytest.raises(PoisonEvent, match="DivisionByZero"):
                await quarantine.release(crowd, SALES)
            assert len(await quarantine.all()) == 1
    with crowds() as crowd, pytest.raises(ModelChanged, match="raise its version"):
        await store.prepare([CHANNEL, MEMBERSHIP, crowd])


async def test_what_is_mended_is_made_from_where_it_stopped(
    chronicle: Chronicle,
    following: Following,
    progress: PostgresProgress,
    tables: Tables,
    crowd: Declared,
    quarantine: Quarantine,
) -> None:
    """As if its rows could not have been made from the fourth event on."""
    last = await some_crowds(chronicle)
    async with following():
        await progress.wait_for(last, [crowd], 10)
        right = await tables.all([crowd])
        await tables.execute(
            f"INSERT INTO {{s}}.quarantine VALUES ('{crowd.table}', '{SALES}', {last - 4}, 'some.event.v1', 'DivisionByZero');"
            f" DELETE FROM {{s}}.{crowd.table}; DELETE FROM {{s}}.{crowd.table}_history WHERE valid_from >= {last - 4};"
            f" WITH back AS (DELETE FROM {{s}}.{crowd.table}_history WHERE valid_to >= {last - 4} RETURNING *)"
            f" INSERT INTO {{s}}.{crowd.table} SELECT id, since, channels, department_id, person_id, valid_from FROM back"
        )
        assert await tables.all([crowd]) != right
        assert await quarantine.release(crowd, SALES) == 1
    assert await tables.all([crowd]) == right
    assert await quarantine.all() == []


async def test_a_rebuild_gives_the_same_with_whatever_it_follows_from(
    chronicle: Chronicle, following: Following, progress: PostgresProgress, tables: Tables, crowd: Declared, rebuilding: Any
) -> None:
    last = await some_crowds(chronicle)
    async with following():
        await progress.wait_for(last, [*models().values()], 10)
        live, indexes = await tables.all([crowd, CHANNEL, MEMBERSHIP]), await tables.indexes()
        assert await rebuilding(MEMBERSHIP).run(compare=True) == []
        assert await tables.all([crowd, CHANNEL, MEMBERSHIP]) == live
        assert await tables.indexes() == indexes
        await tables.execute(f"UPDATE {{s}}.{crowd.table} SET channels = 7 WHERE person_id = '{BO}'")
        (difference,) = await rebuilding(CHANNEL).run(compare=True)
        assert difference == ("Crowd", 1, 1)
        assert await tables.all([crowd, CHANNEL, MEMBERSHIP]) == live


async def test_releases_have_a_set_side_by_side_and_a_release_of_rows_reaches_both(
    chronicle: Chronicle,
    following: Following,
    tables: Tables,
    quarantine: Quarantine,
    broken: pytest.MonkeyPatch,
    database: Database,
    connections: Connections,
) -> None:
    last = await some_crowds(chronicle)
    with crowds() as old:
        reader = PostgresProgress(database.application, connections, database.organisation)
        reader.start()  # a process of the old release
        async with following():
            await reader.wait_for(last, [old], 10)
        before = await tables.all([old])
    with crowds(CROWDS + " and true", version=2) as new:
        async with following():
            progress = PostgresProgress(database.application, connections, database.organisation)
            await progress.wait_for(last, [new], 10)
            assert await tables.all([new]) == before == await tables.all([old])
            broken.undo()
            assert await quarantine.release(CHANNEL, LOBBY) == 2
            stale = await tables.rows("SELECT table_name FROM {s}.projections WHERE stale")
            assert [row["table_name"] for row in stale] == [old.table], "its own release rebuilds it"
            assert await tables.all([new]) != before
    await reader.close()
