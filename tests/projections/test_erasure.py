"""What a destroyed or restricted key had sealed is gone from rows, versions and search, and a rebuild gives the same."""

from typing import Any

from domain.compliance.events import DataKeyReleased, DataKeyRestricted, KeyId
from domain.directory.events.person import PersonJoined
from domain.messaging.events.channel import ChannelOpened
from domain.messaging.events.message import Attachment, MessageEdited, MessagePosted, MessageRetracted
from domain.messaging.ids import ChannelId, FileId, MessageId
from infra.postgres.keys import PostgresKeys
from infra.postgres.projections.progress import PostgresProgress
from infra.postgres.projections.swap import PostgresRebuildStore
from projections.engine.mending import Mender
from projections.engine.registry import models
from tests.projections.chronicle import Chronicle
from tests.projections.conftest import Following
from tests.projections.heard import Heard
from tests.projections.stories import an_id, person
from tests.projections.tables import Tables

ANN, BOB = person("Ann"), person("Bob")
LOBBY = ChannelId(an_id("lobby"))
ONE, TWO, THREE = (MessageId(an_id(name)) for name in ("one", "two", "three"))
MODELS = [model for model in models().values() if model.view is None]
SECRET = "机密 dossier"


async def talk(chronicle: Chronicle) -> int:
    """Ann says secrets, edits one, takes one back, and attaches a file; Bob says something too."""
    file = Attachment(file=FileId(an_id("file")), name=f"{SECRET}.pdf", owner=ANN)
    said: list[tuple[str, Any, Any]] = [
        ("directory.person", ANN, PersonJoined(person=ANN, name="Ann 李")),
        ("messaging.channel", LOBBY, ChannelOpened(channel=LOBBY, kind="group", visibility="public")),
        ("messaging.message", ONE, MessagePosted(channel=LOBBY, author=ANN, text=f"{SECRET} one", attachments=(file,))),
        ("messaging.message", ONE, MessageEdited(author=ANN, text=f"{SECRET} one, again")),
        ("messaging.message", TWO, MessagePosted(channel=LOBBY, author=BOB, text="no secrets")),
        ("messaging.message", THREE, MessagePosted(channel=LOBBY, author=ANN, text=f"{SECRET} three")),
        ("messaging.message", THREE, MessageRetracted()),
    ]
    return await chronicle.say(*said)


async def test_nothing_that_a_destroyed_key_sealed_is_left_and_a_rebuild_agrees(
    chronicle: Chronicle, following: Following, progress: PostgresProgress, tables: Tables, rebuilding: Any
) -> None:
    last = await talk(chronicle)
    async with following():
        await progress.wait_for(last, MODELS, 10)
        assert any(SECRET in str(rows) for rows in (await tables.all(MODELS)).values())
        await chronicle.destroy(ANN, MessagePosted)
        await progress.wait_for(chronicle.last, MODELS, 10)
    live = await tables.all(MODELS)
    assert not [name for name, rows in live.items() if "机密" in str(rows) or "dossier" in str(rows)]
    assert {row["id"]: row["text"] for row in live["Message"]} == {ONE: None, TWO: "no secrets", THREE: None}
    assert live["Attachment"] == []
    assert [row["name"] for row in live["Person"]] == ["Ann 李"]  # under a key of another class
    assert await rebuilding(*MODELS).run(compare=True) == []
    assert await tables.all(MODELS) == live


async def test_what_a_restricted_key_sealed_is_no_longer_shown(
    chronicle: Chronicle, following: Following, progress: PostgresProgress, tables: Tables
) -> None:
    last = await talk(chronicle)
    async with following():
        await progress.wait_for(last, MODELS, 10)
        key = KeyId(chronicle.key(ANN, MessagePosted(channel=LOBBY, author=ANN, text="")))
        last = await chronicle.say(("compliance.key", key, DataKeyRestricted()))
        await progress.wait_for(last, MODELS, 10)
    assert not [name for name, rows in (await tables.all(MODELS)).items() if "机密" in str(rows)]


async def test_what_a_released_key_sealed_is_shown_again_after_a_rebuild_that_nobody_asks_for(
    chronicle: Chronicle,
    following: Following,
    progress: PostgresProgress,
    tables: Tables,
    rebuilding: Any,
    rebuild_store: PostgresRebuildStore,
    keys: PostgresKeys,
) -> None:
    last = await talk(chronicle)
    heard = Heard()
    mender = Mender(MODELS, rebuild_store, lambda chosen: rebuilding(*chosen), heard)
    key = KeyId(chronicle.key(ANN, MessagePosted(channel=LOBBY, author=ANN, text="")))
    async with following():
        await progress.wait_for(last, MODELS, 10)
        before = await tables.all(MODELS)
        await chronicle.say(("compliance.key", key, DataKeyRestricted()))
        keys.forget(key)
        await progress.wait_for(chronicle.last, MODELS, 10)
        assert await mender.mend() == []
        await chronicle.say(("compliance.key", key, DataKeyReleased()))
        await progress.wait_for(chronicle.last, MODELS, 10)
        assert {model.name for model in await mender.mend()} == {model.name for model in MODELS if model.personal}
        assert await tables.all(MODELS) == before
        assert await mender.mend() == []
