"""Read models are rebuilt beside the live ones, and take their place in one instant."""

import asyncio
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from application.ports.log import Append
from domain.compliance.events import PurgeAuthorised
from domain.directory.events.person import PersonJoined, PersonRenamed
from domain.messaging.events.channel import ChannelOpened
from domain.messaging.events.message import MessageEdited, MessagePosted, MessageRetracted
from domain.messaging.ids import ChannelId, MessageId
from infra.postgres.log.log import PostgresLog
from infra.postgres.projections.progress import PostgresProgress
from projections.engine.beside import Difference, NotFollowed, RebuildRuns
from projections.engine.fold import PoisonEvent
from projections.engine.rebuild import Rebuild
from projections.engine.registry import models
from tests.projections.chronicle import Chronicle, unknown
from tests.projections.conftest import Following
from tests.projections.stories import an_id, person
from tests.projections.tables import Tables
from tests.support.postgres import Database

ANN = person("Ann")
LOBBY = ChannelId(an_id("lobby"))
MODELS = [model for model in models().values() if model.view is None]
PERSON, MESSAGE = models()["Person"], models()["Message"]

Rebuilding = Callable[..., Rebuild]


async def some_history(chronicle: Chronicle, count: int = 12) -> int:
    """A channel with messages and replies, some of them edited or taken back."""
    await chronicle.say(
        ("directory.person", ANN, PersonJoined(person=ANN, name="Ann")),
        ("messaging.channel", LOBBY, ChannelOpened(channel=LOBBY, kind="group", visibility="public", name="大厅")),
    )
    for number in range(count):
        message = MessageId(an_id(f"message {number}"))
        thread = MessageId(an_id(f"message {number // 6}")) if number % 2 else None
        said: list[Any] = [MessagePosted(channel=LOBBY, author=ANN, text=f"message {number}", thread=thread)]
        said += [MessageEdited(author=ANN, text=f"消息 {number}")] if number % 3 == 0 else []
        said += [MessageRetracted()] if number % 5 == 0 else []
        await chronicle.say(*(("messaging.message", message, event) for event in said))
    return chronicle.last


async def test_a_rebuild_gives_the_same_rows_versions_and_indexes(
    chronicle: Chronicle, following: Following, progress: PostgresProgress, tables: Tables, rebuilding: Rebuilding
) -> None:
    last = await some_history(chronicle)
    told: list[tuple[int, int]] = []
    async with following():
        await progress.wait_for(last, MODELS, 10)
        live, indexes = await tables.all(MODELS), await tables.indexes()
        assert await rebuilding(*MODELS).run(lambda done, total: told.append((done, total)), compare=True) == []
        assert await tables.all(MODELS) == live
        assert await tables.indexes() == indexes
        assert told[-1] == (last, last)
        # The follower goes on with the rebuilt tables.
        last = await chronicle.say(("directory.person", ANN, PersonRenamed(person=ANN, name="Anna")))
        await progress.wait_for(last, MODELS, 10)
    row = await tables.row(PERSON, ANN)
    assert row is not None
    assert row["name"] == "Anna"
    assert [r["name"] for r in await tables.at(PERSON, last - 1)] == ["Ann"]
    assert await tables.rows("SELECT table_name FROM {s}.projections WHERE rebuilds") == []


async def test_folded_up_to_a_position_it_is_what_the_live_rows_keep_of_it(
    chronicle: Chronicle, following: Following, progress: PostgresProgress, tables: Tables, rebuilding: Rebuilding
) -> None:
    last = await some_history(chronicle)
    stages: list[str] = []
    async with following():
        await progress.wait_for(last, MODELS, 10)
        live = await tables.all(MODELS)
        for position in (1, 3, last // 2, last - 1, last):
            assert await rebuilding(*MODELS).past(position, stage=stages.append) == []
        assert "making indexes" in stages
        with pytest.raises(NotFollowed, match="haven't come to position"):
            await rebuilding(*MODELS).past(last + 1)
        assert await tables.all(MODELS) == live
        # A version that the live rows have got wrong is found where it held, and not before.
        await tables.execute(f"UPDATE {{s}}.{MESSAGE.table}_history SET retracted = NOT retracted WHERE valid_from > {last // 2}")
        assert await rebuilding(MESSAGE).past(last // 2) == []
        [found] = [each for each in await rebuilding(MESSAGE).past(last) if each.model == "Message"]
        assert found.live_only == found.rebuilt_only > 0
    assert await tables.rows("SELECT table_name FROM {s}.projections WHERE rebuilds") == []


async def test_a_rebuild_that_was_broken_off_further_on_is_no_help_for_an_earlier_position(
    chronicle: Chronicle, following: Following, progress: PostgresProgress, tables: Tables, rebuilding: Rebuilding
) -> None:
    last = await some_history(chronicle)
    async with following():
        await progress.wait_for(last, MODELS, 10)

        def broken_off(done: int, whole: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            await rebuilding(*MODELS).run(broken_off)
        assert await rebuilding(*MODELS).past(last // 3) == []
        assert await rebuilding(*MODELS).run(compare=True) == []


async def test_live_rows_that_are_behind_are_compared_with_what_was_rebuilt_as_of_where_they_are(
    chronicle: Chronicle, following: Following, progress: PostgresProgress, tables: Tables, rebuilding: Rebuilding
) -> None:
    last = await some_history(chronicle)
    async with following():
        await progress.wait_for(last, MODELS, 10)
    late = MessagePosted(channel=LOBBY, author=ANN, text="late", thread=MessageId(an_id("message 1")))
    await chronicle.say(
        ("messaging.message", an_id("message 1"), MessageEdited(author=ANN, text="later")),
        ("messaging.message", an_id("message 2"), MessageRetracted()),
        ("messaging.message", an_id("late"), late),
    )
    assert await rebuilding(*MODELS).run(compare=True) == []
    assert await rebuilding(*MODELS).past(chronicle.last) == []


async def test_what_was_changed_by_hand_is_found_and_mended(
    chronicle: Chronicle, following: Following, progress: PostgresProgress, tables: Tables, rebuilding: Rebuilding
) -> None:
    last = await some_history(chronicle)
    async with following():
        await progress.wait_for(last, MODELS, 10)
    live = await tables.all(MODELS)
    first = f"(SELECT id FROM {{s}}.{MESSAGE.table} ORDER BY position LIMIT 1)"
    await tables.execute(f"UPDATE {{s}}.{MESSAGE.table} SET also_in_channel = true WHERE id = {first}")
    await tables.execute(f"DELETE FROM {{s}}.{MESSAGE.table}_history WHERE id = {first}")
    differences = await rebuilding(PERSON, MESSAGE).run(compare=True)
    assert [(each.model, each.live_only) for each in differences] == [("Message", 1)]
    assert differences[0].rebuilt_only >= 2
    assert isinstance(differences[0], Difference)
    assert await tables.all(MODELS) == live


async def test_a_rebuild_that_was_killed_continues_where_it_was(
    chronicle: Chronicle,
    following: Following,
    progress: PostgresProgress,
    tables: Tables,
    rebuilding: Rebuilding,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    last = await some_history(chronicle, 20)
    async with following():
        await progress.wait_for(last, MODELS, 10)
    live = await tables.all(MODELS)
    monkeypatch.setattr("projections.engine.work.PAGE", 3)
    started: list[int] = []
    for killed_at in (2, 3, 1, 2):
        with pytest.raises(KeyboardInterrupt):
            await rebuilding(*MODELS).run(_killed_after(killed_at, started))
        assert await tables.all(MODELS) == live
    await rebuilding(*MODELS).run(lambda done, _: started.append(done))
    assert started == sorted(started)
    assert started[-1] == last
    assert await tables.all(MODELS) == live


async def test_it_catches_up_with_what_is_written_meanwhile(
    chronicle: Chronicle,
    following: Following,
    progress: PostgresProgress,
    tables: Tables,
    rebuilding: Rebuilding,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    last = await some_history(chronicle)
    monkeypatch.setattr("projections.engine.work.PAGE", 3)
    monkeypatch.setattr("projections.engine.rebuild.CLOSE", 2)
    async with following():
        await progress.wait_for(last, MODELS, 10)
        writing = asyncio.create_task(_more(chronicle))
        assert await rebuilding(*MODELS).run(compare=True) == []
        await writing
        await progress.wait_for(chronicle.last, MODELS, 15)
    live = await tables.all(MODELS)
    await rebuilding(*MODELS).run()
    assert await tables.all(MODELS) == live


async def test_only_one_process_rebuilds_a_model(
    chronicle: Chronicle,
    following: Following,
    progress: PostgresProgress,
    rebuilding: Rebuilding,
    rebuild_store: Any,
    database: Any,
) -> None:
    last = await some_history(chronicle, 2)
    async with following():
        await progress.wait_for(last, MODELS, 10)
    other = type(rebuild_store)(database.application, database.organisation)
    async with rebuild_store.rebuilding([PERSON]):
        with pytest.raises(RebuildRuns, match="Person"):
            async with other.rebuilding([PERSON]):
                pass
    await other.close()
    await rebuilding(PERSON).run()


async def test_a_poison_event_stops_it_and_leaves_the_live_table(
    chronicle: Chronicle,
    following: Following,
    progress: PostgresProgress,
    tables: Tables,
    rebuilding: Rebuilding,
    log: PostgresLog,
) -> None:
    last = await chronicle.say(
        ("directory.person", ANN, PersonRenamed(person=ANN, name="Ann")),
        ("messaging.channel", LOBBY, ChannelOpened(channel=LOBBY, kind="group", visibility="public", name="大厅")),
    )
    async with following():
        await progress.wait_for(last, MODELS, 10)
    live = await tables.all(MODELS)
    with pytest.raises(PoisonEvent, match=r"position \d, directory\.person_renamed\.v1: projections\.directory\.person\.renamed"):
        await rebuilding(*MODELS).run()
    assert await tables.all(MODELS) == live
    assert len(await tables.rows("SELECT * FROM {s}.quarantine")) == 1
    await log.writer.append(Append(rows=unknown(), guards={"future.thing/1": 0}))


async def test_what_was_purged_is_passed_over_with_all_that_builds_on_it(
    chronicle: Chronicle,
    following: Following,
    progress: PostgresProgress,
    tables: Tables,
    rebuilding: Rebuilding,
    database: Database,
) -> None:
    await some_history(chronicle, 4)
    message = MessageId(an_id("message 0"))  # posted, edited and taken back
    rows = await tables.rows("SELECT position FROM {s}.events WHERE stream = %s ORDER BY 1", f"messaging.message/{message}")
    purge = PurgeAuthorised(position=rows[0]["position"])
    last = await chronicle.say(("compliance.purge", an_id("purge"), purge))
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute(f"SELECT {database.schema}.purge(%s, %s)".encode(), (purge.position, last))
    async with following():
        await progress.wait_for(last, MODELS, 10)
    live = await tables.all(MODELS)
    assert len(live["Message"]) == 3
    assert await tables.rows("SELECT * FROM {s}.quarantine") == []
    await rebuilding(*MODELS).run()
    assert await tables.all(MODELS) == live


def _killed_after(pages: int, started: list[int]) -> Callable[[int, int], None]:
    seen: list[int] = []

    def told(done: int, _: int) -> None:
        seen.append(done)
        started.append(done)
        if len(seen) == pages:
            raise KeyboardInterrupt

    return told


async def _more(chronicle: Chronicle) -> None:
    for number in range(30):
        message = MessageId(an_id(f"later {number}"))
        await chronicle.say(("messaging.message", message, MessagePosted(channel=LOBBY, author=ANN, text=f"later {number}")))
        await asyncio.sleep(0)
