"""The live follower: it comes level, stays level, recovers, and stops where it must."""

import asyncio

import psycopg
import pytest

from application.ports.log import Append
from domain.directory.events.person import PersonJoined, PersonRenamed
from domain.messaging.events.channel import ChannelOpened
from domain.messaging.events.membership import MemberJoined
from domain.messaging.events.message import MessagePosted
from domain.messaging.ids import ChannelId, MessageId
from infra.postgres.connections import Connections
from infra.postgres.log.log import PostgresLog
from infra.postgres.projections.progress import PostgresProgress
from projections.engine.progress import NotReached, NotRegistered
from projections.engine.registry import models
from tests.projections.chronicle import Chronicle, unknown
from tests.projections.conftest import Following
from tests.projections.heard import Heard
from tests.projections.stories import an_id, person
from tests.projections.tables import Tables
from tests.support.postgres import Database
from tests.support.waiting import until

ANN = person("Ann")
LOBBY = ChannelId(an_id("lobby"))
HELLO = MessageId(an_id("hello"))
TABLES = [model for model in models().values() if model.view is None]


async def test_what_is_written_is_soon_read(
    chronicle: Chronicle, following: Following, progress: PostgresProgress, tables: Tables
) -> None:
    joined = ("directory.person", ANN, PersonJoined(person=ANN, name="Ann"))
    opened = ("messaging.channel", LOBBY, ChannelOpened(channel=LOBBY, kind="group", visibility="public", name="大厅"))
    await chronicle.say(joined, opened)
    async with following() as follower:
        await progress.wait_for(chronicle.last, TABLES, 10)
        posted = MessagePosted(channel=LOBBY, author=ANN, text="你好 everybody")
        last = await chronicle.say(
            ("messaging.membership", an_id("Ann in lobby"), MemberJoined(channel=LOBBY, person=ANN)),
            ("messaging.message", HELLO, posted),
        )
        await progress.wait_for(last, [models()["ChannelMember"], models()["Message"]], 10)
        row = await tables.row(models()["Message"], HELLO)
        assert row is not None
        assert (row["text"], row["position"], row["channel_id"], row["author_id"]) == ("你好 everybody", last, LOBBY, ANN)
        assert set(row["text_tokens"]) == {"你", "好", "你好", "everybody"}
        assert row["text_key"] == chronicle.key(ANN, posted)
        assert follower.health.state == "following"
    channel = await tables.row(models()["Channel"], LOBBY)
    assert channel is not None
    assert channel["name"] == "大厅"


async def test_waiting_says_who_is_behind(chronicle: Chronicle, following: Following, progress: PostgresProgress) -> None:
    with pytest.raises(NotRegistered, match="Person"):
        await progress.wait_for(1, [models()["Person"]], 0.1)
    async with following():
        last = await chronicle.say(("directory.person", ANN, PersonJoined(person=ANN, name="Ann")))
        await progress.wait_for(last, [models()["Person"]], 10)
        with pytest.raises(NotReached, match=f"Person has come to position {last}, not to {last + 1}"):
            await progress.wait_for(last + 1, [models()["Person"]], 0.1)


async def test_it_recovers_when_its_connections_are_cut(
    chronicle: Chronicle, following: Following, progress: PostgresProgress, database: Database
) -> None:
    async with following():
        last = await chronicle.say(("directory.person", ANN, PersonJoined(person=ANN, name="Ann")))
        await progress.wait_for(last, [models()["Person"]], 10)
        with psycopg.connect(database.server, autocommit=True) as server:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
                " AND application_name IN ('onrecord projections', 'onrecord projections listener')",
                (database.name,),
            )
        last = await chronicle.say(("directory.person", ANN, PersonRenamed(person=ANN, name="Anna")))
        await progress.wait_for(last, [models()["Person"]], 15)


async def test_one_follows_and_another_takes_over(chronicle: Chronicle, following: Following, progress: PostgresProgress) -> None:
    heard = Heard()
    async with following(telemetry=heard) as second:
        await heard.until("projections.following")
        async with following() as first:
            last = await chronicle.say(("directory.person", ANN, PersonJoined(person=ANN, name="Ann")))
            await progress.wait_for(last, TABLES, 10)
            assert (first.health.state, second.health.state) == ("waiting", "following")
        first_done = chronicle.last
    async with following() as third:
        last = await chronicle.say(("directory.person", ANN, PersonRenamed(person=ANN, name="Anna")))
        await progress.wait_for(last, TABLES, 10)
        assert last > first_done
        assert third.health.state == "following"


async def test_an_event_of_a_newer_release_stops_it_and_nothing_is_skipped(
    chronicle: Chronicle, following: Following, progress: PostgresProgress, log: PostgresLog
) -> None:
    last = await chronicle.say(("directory.person", ANN, PersonJoined(person=ANN, name="Ann")))
    await log.writer.append(Append(rows=unknown(), guards={"future.thing/1": 0}))
    await chronicle.say(("directory.person", ANN, PersonRenamed(person=ANN, name="Anna")))
    heard = Heard()
    async with following(telemetry=heard) as follower:
        await heard.until("projections.stopped")
        assert follower.health.state == "stopped"
        assert follower.health.reason == f"position {last + 1} holds future.thing_happened.v1, which this release doesn't know"
        assert await progress.reached(TABLES) == last


async def test_a_table_that_is_made_later_catches_up(
    chronicle: Chronicle, following: Following, progress: PostgresProgress, tables: Tables
) -> None:
    person_, channel = models()["Person"], models()["Channel"]
    await chronicle.say(("directory.person", ANN, PersonJoined(person=ANN, name="Ann")))
    opened = ("messaging.channel", LOBBY, ChannelOpened(channel=LOBBY, kind="group", visibility="public"))
    last = await chronicle.say(opened)
    async with following([person_]):
        await progress.wait_for(last, [person_], 10)
    async with following([person_, channel]):
        await progress.wait_for(last, [person_, channel], 10)
    assert await tables.row(channel, LOBBY) is not None


async def test_what_fills_a_page_is_followed_by_what_comes_next(
    chronicle: Chronicle,
    following: Following,
    progress: PostgresProgress,
    tables: Tables,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("projections.engine.follower.PAGE", 2)
    people, last = [person(f"Person {number}") for number in range(9)], 0
    for one in people:
        last = await chronicle.say(("directory.person", one, PersonJoined(person=one, name="Somebody")))
    async with following():
        await progress.wait_for(last, TABLES, 10)
    assert {row["id"] for row in await tables.rows("SELECT id FROM {s}.directory_person_v2")} == set(people)


async def test_what_was_told_is_not_believed_when_the_server_is_lost(
    chronicle: Chronicle, following: Following, database: Database, connections: Connections
) -> None:
    """A server that is killed may have lost what followers wrote last, and told of: its word ends with its connection."""
    last = await chronicle.say(("directory.person", ANN, PersonJoined(person=ANN, name="Ann")))
    progress = PostgresProgress(database.application, connections, database.organisation)
    progress.start()
    async with following():
        await progress.wait_for(last, TABLES, 10)
        await asyncio.to_thread(until, lambda: progress.shows(last, TABLES))
    progress.moved({model.table: last + 9 for model in TABLES})
    assert progress.shows(last + 9, TABLES)
    with psycopg.connect(database.owner, dbname="postgres", autocommit=True) as owner:
        owner.execute(f'ALTER DATABASE "{database.name}" ALLOW_CONNECTIONS false'.encode())
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%projections listener%'"
        )
        await asyncio.to_thread(until, lambda: not progress.shows(last + 9, TABLES))
        owner.execute(f'ALTER DATABASE "{database.name}" ALLOW_CONNECTIONS true'.encode())
    with pytest.raises(NotReached):
        await progress.wait_for(last + 9, TABLES, 1)
    await progress.close()
