"""A rebuild that is divided among processes comes to the same tables, wherever it is broken off."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from domain.directory.events.person import PersonJoined
from domain.messaging.events.message import MessageRetracted
from domain.messaging.events.reaction import ReactionAdded
from domain.messaging.ids import MessageId
from infra.postgres.keys import PostgresKeys
from infra.postgres.log.log import PostgresLog
from infra.postgres.projections.progress import PostgresProgress
from infra.postgres.projections.swap import PostgresRebuildStore
from infra.rebuilding.crew import Place, ProcessCrew, Ring
from infra.serialisation.codec import JsonCodec
from projections.engine.division import DIGITS, is_local, parts, tasks
from projections.engine.fold import PoisonEvent
from projections.engine.rebuild import Rebuild
from projections.engine.registry import models
from projections.engine.store import Slot, StoreUnavailable
from tests.projections.chronicle import Chronicle
from tests.projections.conftest import RING, Following
from tests.projections.stories import an_id
from tests.projections.tables import Tables
from tests.projections.test_rebuild import ANN, MODELS, some_history
from tests.support.postgres import ORGANISATION, ORGANISATION_ID, Database

Dividing = Callable[..., Rebuild]


@pytest.fixture
def dividing(
    log: PostgresLog,
    keys: PostgresKeys,
    rebuild_store: PostgresRebuildStore,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> Dividing:
    """A rebuild by processes that share it, however short the history is."""
    monkeypatch.setattr("projections.engine.rebuild.DIVIDED_FROM", 1)
    place = Place(database.application, ORGANISATION, ORGANISATION_ID, Ring.of(RING))
    crew = ProcessCrew(place, 2)
    return lambda *chosen: Rebuild(chosen, log.reader, JsonCodec(), keys, rebuild_store, crew)


@pytest.fixture
def alone(log: PostgresLog, keys: PostgresKeys, rebuild_store: PostgresRebuildStore) -> Dividing:
    """A rebuild by this process."""
    return lambda *chosen: Rebuild(chosen, log.reader, JsonCodec(), keys, rebuild_store)


def test_parts_are_all_of_it_and_nothing_twice() -> None:
    for count in range(1, 17):
        found = parts(count)
        assert len(found) == count
        assert sorted("".join(found)) == sorted(DIGITS)


def test_models_are_divided_where_their_declarations_allow_it() -> None:
    local = {model.name for model in models().values() if model.view is None and is_local(model)}
    assert {"Message", "Attachment", "Department"} <= local
    assert "Reaction" not in local  # its rows' ids come from a function
    message, reaction = Slot(models()["Message"], "m"), Slot(models()["Reaction"], "r")
    half = [message._replace(part=digits) for digits in parts(2)]
    assert [(task.slots, task.digits) for task in tasks({message: half, reaction: ()})] == [
        ((reaction,), ""),
        ((half[0],), "01234567"),
        ((half[1],), "89abcdef"),
    ]


async def test_it_gives_the_same_rows_and_versions(
    chronicle: Chronicle, following: Following, progress: PostgresProgress, tables: Tables, dividing: Dividing
) -> None:
    await some_history(chronicle, 40)
    await chronicle.destroy(ANN, PersonJoined)
    told: list[tuple[int, int]] = []
    async with following():
        await progress.wait_for(chronicle.last, MODELS, 10)
        live = await tables.all(MODELS)
        assert await dividing(*MODELS).run(lambda done, all_: told.append((done, all_)), compare=True) == []
    assert await tables.all(MODELS) == live
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (chronicle.last, chronicle.last)
    assert await tables.rows("SELECT table_name FROM {s}.projections WHERE rebuilds") == []


async def test_each_part_goes_on_where_it_was(
    chronicle: Chronicle,
    following: Following,
    progress: PostgresProgress,
    tables: Tables,
    dividing: Dividing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    last = await some_history(chronicle, 30)
    async with following():
        await progress.wait_for(last, MODELS, 10)
    live = await tables.all(MODELS)
    work = ProcessCrew.work

    async def one_of_them(self: ProcessCrew, shares: Any, upto: int, told: Any) -> None:
        await work(self, shares[1:2], upto // 2, told)
        raise KeyboardInterrupt

    monkeypatch.setattr(ProcessCrew, "work", one_of_them)
    with pytest.raises(KeyboardInterrupt):
        await dividing(*MODELS).run()
    positions = "SELECT DISTINCT position FROM {s}.projections WHERE table_name LIKE %s ORDER BY 1"
    assert [row["position"] for row in await tables.rows(positions, "%message%_rebuild/%")] == [0, last // 2]
    monkeypatch.undo()
    await chronicle.say(("messaging.message", an_id("message 1"), MessageRetracted()))
    async with following():
        await progress.wait_for(chronicle.last, MODELS, 10)
    live = await tables.all(MODELS)
    monkeypatch.setattr("projections.engine.rebuild.DIVIDED_FROM", 1)
    assert await dividing(*MODELS).run(compare=True) == []
    assert await tables.all(MODELS) == live


@pytest.mark.parametrize("begun", [True, False])
async def test_a_rebuild_by_one_process_ends_what_several_began(
    chronicle: Chronicle,
    following: Following,
    progress: PostgresProgress,
    tables: Tables,
    dividing: Dividing,
    alone: Dividing,
    monkeypatch: pytest.MonkeyPatch,
    begun: bool,
) -> None:
    last = await some_history(chronicle, 30)
    async with following():
        await progress.wait_for(last, MODELS, 10)
    live = await tables.all(MODELS)
    work = ProcessCrew.work

    async def some_of_it(self: ProcessCrew, shares: Any, upto: int, told: Any) -> None:
        if begun:
            await work(self, shares[1:2], upto // 2, told)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ProcessCrew, "work", some_of_it)
        with pytest.raises(KeyboardInterrupt):
            await dividing(*MODELS).run()
    assert await alone(*MODELS).run(compare=True) == []
    assert await tables.all(MODELS) == live
    assert await tables.rows("SELECT table_name FROM {s}.projections WHERE rebuilds") == []


async def test_a_worker_that_was_killed_is_told(
    chronicle: Chronicle,
    following: Following,
    progress: PostgresProgress,
    tables: Tables,
    dividing: Dividing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    last = await some_history(chronicle, 12)
    async with following():
        await progress.wait_for(last, MODELS, 10)
    live = await tables.all(MODELS)
    start = asyncio.create_subprocess_exec

    async def killed(*command: Any, **options: Any) -> Any:
        worker = await start(*command, **options)
        worker.kill()
        return worker

    with monkeypatch.context() as patch:
        patch.setattr(asyncio, "create_subprocess_exec", killed)
        with pytest.raises(StoreUnavailable, match="without a word"):
            await dividing(*MODELS).run()
    await dividing(*MODELS).run()
    assert await tables.all(MODELS) == live


async def test_a_poison_event_that_a_worker_finds_is_named(
    chronicle: Chronicle, following: Following, progress: PostgresProgress, dividing: Dividing
) -> None:
    last = await chronicle.say(("messaging.message", an_id("nothing"), MessageRetracted()))
    async with following():
        await progress.wait_for(last, MODELS, 10)
    with pytest.raises(PoisonEvent, match=rf"position {last}, messaging\.message_retracted\.v1"):
        await dividing(*MODELS).run()


async def test_a_model_whose_rows_are_of_other_things_is_rebuilt_whole(
    chronicle: Chronicle,
    following: Following,
    progress: PostgresProgress,
    tables: Tables,
    dividing: Dividing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await some_history(chronicle, 12)
    said = [(an_id(f"sign {n}"), MessageId(an_id(f"message {n}"))) for n in range(9)]
    await chronicle.say(
        *(("messaging.reaction", sign, ReactionAdded(message=message, person=ANN, emoji="👍")) for sign, message in said)
    )
    async with following():
        await progress.wait_for(chronicle.last, MODELS, 10)
    live = await tables.all(MODELS)
    monkeypatch.setattr("projections.engine.rebuild.is_local", lambda _: True)  # as if the declaration had said so
    assert await dividing(models()["Message"], models()["Reaction"]).run(compare=True) == []
    assert await tables.all(MODELS) == live
