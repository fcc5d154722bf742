"""An event that a row can't take holds that row back; the cause mended, it is let go and comes to what it would have been."""

from dataclasses import replace as changed
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.compliance.events import PurgeAuthorised
from domain.messaging.events.channel import ChannelOpened
from domain.messaging.events.message import MessageEdited, MessagePinned, MessagePosted
from domain.messaging.ids import ChannelId, MessageId
from infra.postgres.keys import PostgresKeys
from infra.postgres.log.log import PostgresLog
from infra.postgres.projections.progress import PostgresProgress
from infra.postgres.projections.store import PostgresStore
from infra.serialisation.codec import JsonCodec
from projections.engine.feeds import FEEDS
from projections.engine.fold import PoisonEvent
from projections.engine.quarantine import NotHeld, Quarantine
from projections.engine.registry import models
from tests.projections.chronicle import Chronicle
from tests.projections.conftest import Following
from tests.projections.stories import an_id, person
from tests.projections.tables import Tables
from tests.support.postgres import Database

ANN = person("Ann")
LOBBY = ChannelId(an_id("lobby"))
ONE, TWO = MessageId(an_id("one")), MessageId(an_id("two"))
MODELS = [model for model in models().values() if model.view is None]
MESSAGE = models()["Message"]


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A read model's function fails for one message; undoing the patch mends it."""
    (feed,) = [each for each in FEEDS[MessageEdited] if each.model is MESSAGE]

    def fails(row: Any, said: Any) -> Any:
        if row.id == ONE:
            raise ValueError(f"can't read {said.event.text!r}")
        return feed.change(row, said)

    all_feeds: dict[Any, Any] = FEEDS
    monkeypatch.setitem(all_feeds, MessageEdited, [changed(feed, change=fails)])
    return monkeypatch


@pytest.fixture
def quarantine(log: PostgresLog, keys: PostgresKeys, store: PostgresStore) -> Quarantine:
    return Quarantine(log.reader, JsonCodec(), keys, store)


async def talk(chronicle: Chronicle) -> int:
    """Two messages, both edited; the first is pinned afterwards."""
    await chronicle.say(("messaging.channel", LOBBY, ChannelOpened(channel=LOBBY, kind="group", visibility="public")))
    said: list[tuple[UUID, Any]] = [(each, MessagePosted(channel=LOBBY, author=ANN, text="draft")) for each in (ONE, TWO)]
    said += [(each, MessageEdited(author=ANN, text="secret 机密")) for each in (ONE, TWO)]
    said += [(ONE, MessagePinned())]
    return await chronicle.say(*(("messaging.message", message, event) for message, event in said))


async def test_what_waits_behind_a_failure_is_applied_when_it_is_released(
    chronicle: Chronicle,
    following: Following,
    progress: PostgresProgress,
    tables: Tables,
    quarantine: Quarantine,
    broken: pytest.MonkeyPatch,
) -> None:
    last = await talk(chronicle)
    async with following():
        await progress.wait_for(last, MODELS, 10)
        held = await quarantine.all()
        assert [(each.model, each.key, each.position, each.type) for each in held] == [
            ("Message", ONE, last - 2, "messaging.message_edited.v1"),
            ("Message", ONE, last, "messaging.message_pinned.v1"),
        ]
        assert held[1].error is None
        assert held[0].error is not None
        assert "ValueError at tests.projections.test_quarantine:" in held[0].error
        assert "机密" not in held[0].error
        one, two = await tables.row(MESSAGE, ONE), await tables.row(MESSAGE, TWO)
        assert one is not None
        assert two is not None
        assert (one["text"], one["pinned_at"], two["text"]) == ("draft", None, "secret 机密")

        with pytest.raises(PoisonEvent):
            await quarantine.release(MESSAGE, ONE)
        assert len(await quarantine.all()) == 2
        broken.undo()
        assert await quarantine.release(MESSAGE, ONE) == 2

    one = await tables.row(MESSAGE, ONE)
    assert one is not None
    assert one["text"] == "secret 机密"
    assert one["pinned_at"] is not None
    assert one["valid_from"] == last
    past = await tables.rows(
        f"SELECT text, valid_from, valid_to FROM {{s}}.{MESSAGE.table}_history WHERE id = %s ORDER BY 2", ONE
    )
    assert [tuple(row.values()) for row in past] == [("draft", last - 4, last - 2), ("secret 机密", last - 2, last)]
    with pytest.raises(NotHeld):
        await quarantine.release(MESSAGE, ONE)


async def test_a_rebuild_by_mended_functions_ends_the_quarantine(
    chronicle: Chronicle,
    following: Following,
    progress: PostgresProgress,
    quarantine: Quarantine,
    broken: pytest.MonkeyPatch,
    rebuilding: Any,
) -> None:
    last = await talk(chronicle)
    async with following():
        await progress.wait_for(last, MODELS, 10)
    broken.undo()
    await rebuilding(MESSAGE).run()
    assert await quarantine.all() == []


async def test_what_was_purged_while_it_waited_is_passed_over(
    chronicle: Chronicle,
    following: Following,
    progress: PostgresProgress,
    quarantine: Quarantine,
    tables: Tables,
    broken: pytest.MonkeyPatch,
    database: Database,
) -> None:
    last = await talk(chronicle)
    async with following():
        await progress.wait_for(last, MODELS, 10)
        purge = PurgeAuthorised(position=last - 2)
        authority = await chronicle.say(("compliance.purge", an_id("purge"), purge))
        with psycopg.connect(database.owner, autocommit=True) as owner:
            owner.execute(f"SELECT {database.schema}.purge(%s, %s)".encode(), (purge.position, authority))
        broken.undo()
        assert await quarantine.release(MESSAGE, ONE) == 2
    assert await quarantine.all() == []
    one = await tables.row(MESSAGE, ONE)
    assert one is not None
    assert (one["text"], one["valid_from"]) == ("draft", last)
    assert one["pinned_at"] is not None
