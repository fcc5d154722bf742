"""Batches of events become rows, versions and checkpoints."""

import pytest

from domain.directory.events.person import PersonJoined, PersonLeft, PersonRenamed
from infra.postgres.projections.store import PostgresStore
from projections.engine.apply import Applier
from projections.engine.registry import models
from projections.engine.store import Overtaken
from tests.projections.stories import Story, an_id, person
from tests.projections.tables import Tables

ANN = person("Ann")
PERSON = "directory.person"


async def test_rows_versions_and_checkpoint_move_together(store: PostgresStore, tables: Tables) -> None:
    model = models()["Person"]
    (slot,) = await store.prepare([model])
    applier = Applier(store, [slot])
    story = Story()
    story.say(PERSON, ANN, PersonJoined(person=ANN, name="Ann", email="ann@example.com"))
    story.say(PERSON, ANN, PersonRenamed(person=ANN, name="Ann 李"))
    await applier.apply([slot], story.recorded, 0, 2)
    story.say(PERSON, ANN, PersonLeft(person=ANN))
    await applier.apply([slot], story.recorded[2:], 2, 3)

    row = await tables.row(model, ANN)
    assert row is not None
    assert (row["name"], row["email"], row["standing"], row["valid_from"]) == ("Ann 李", "ann@example.com", "left", 3)
    assert row["name_key"] == row["email_key"] == row["title_key"] == story.key(ANN)
    past = await tables.rows("SELECT * FROM {s}.directory_person_v2_history ORDER BY valid_from")
    assert [(r["name"], r["standing"], r["valid_from"], r["valid_to"]) for r in past] == [
        ("Ann", "active", 1, 2),
        ("Ann 李", "active", 2, 3),
    ]
    for position, name, standing in ((1, "Ann", "active"), (2, "Ann 李", "active"), (3, "Ann 李", "left"), (9, "Ann 李", "left")):
        found = await tables.at(model, position)
        assert [(r["name"], r["standing"]) for r in found] == [(name, standing)]
    assert await tables.at(model, 0) == []
    assert await store.positions([slot]) == {slot: 3}


async def test_a_checkpoint_that_another_follower_moved_refuses_the_batch(store: PostgresStore, tables: Tables) -> None:
    model = models()["Person"]
    (slot,) = await store.prepare([model])
    applier = Applier(store, [slot])
    story = Story()
    story.say(PERSON, ANN, PersonJoined(person=ANN, name="Ann"))
    await applier.apply([slot], story.recorded, 0, 1)
    with pytest.raises(Overtaken):
        await applier.apply([slot], story.recorded, 0, 1)
    assert len(await tables.rows("SELECT * FROM {s}.directory_person_v2")) == 1


async def test_an_event_that_cannot_be_applied_holds_its_row_and_no_other(store: PostgresStore, tables: Tables) -> None:
    model = models()["Person"]
    (slot,) = await store.prepare([model])
    applier = Applier(store, [slot])
    story = Story()
    bob = person("Bob")
    story.say(PERSON, bob, PersonRenamed(person=bob, name="Bob"))  # nobody of that id has joined
    story.say(PERSON, ANN, PersonJoined(person=ANN, name="Ann"))
    story.say(PERSON, bob, PersonJoined(person=bob, name="Bob"))
    assert await applier.apply([slot], story.recorded, 0, 3) == 2
    story.say(PERSON, bob, PersonLeft(person=bob))
    story.say(PERSON, ANN, PersonJoined(person=ANN, name="Ann"))  # twice
    assert await applier.apply([slot], story.recorded[3:], 3, 5) == 2

    held = await tables.rows("SELECT key, position, error FROM {s}.quarantine ORDER BY position")
    assert [(row["key"], row["position"]) for row in held] == [(bob, 1), (bob, 3), (bob, 4), (ANN, 5)]
    assert [row["error"] for row in held] == [
        "projections.directory.person.renamed: RowMissing: directory.person_renamed.v1 changes a Person that isn't there",
        None,
        None,
        f"projections.directory.person.joined: RowExists: Person {ANN} is there already",
    ]
    assert [row["name"] for row in await tables.rows("SELECT name FROM {s}.directory_person_v2")] == ["Ann"]
    assert await tables.row(model, an_id("nobody")) is None
