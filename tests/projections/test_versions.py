"""Several versions of a read model stand beside each other for as long as somebody uses them."""

from collections.abc import Iterator
from typing import Any

import pytest

from domain.directory.events.person import PersonJoined
from domain.kernel.events import Recorded
from infra.postgres.connections import Connections
from infra.postgres.projections.progress import PostgresProgress
from infra.postgres.projections.store import PostgresStore
from projections.engine.feeds import FEEDS, feeds
from projections.engine.fields import column
from projections.engine.members import MODELS
from projections.engine.model import Model, ModelMeta
from projections.engine.registry import models
from projections.engine.store import ModelChanged
from tests.projections.chronicle import Chronicle
from tests.projections.conftest import Following
from tests.projections.heard import Heard
from tests.projections.stories import person
from tests.projections.tables import Tables
from tests.support.postgres import Database

ANN = person("Ann")
TABLE_NAMES = "SELECT table_name FROM {s}.projections ORDER BY 1"


def declare(version: int, *, columns: int = 1) -> type[Model]:
    """A read model `Arrival` in some version, as a release would have it."""
    MODELS.pop("Arrival", None)
    names = [f"place_{number}" for number in range(columns)]
    body: dict[str, Any] = {name: column("A place.", default=0) for name in names}
    body |= {"__module__": __name__, "__doc__": "Somebody's arrival.", "__annotations__": dict.fromkeys(names, int)}
    made: type[Model] = ModelMeta("Arrival", (Model,), body, visible="true", version=version)

    def arrived(said: Recorded[PersonJoined]) -> Model:
        return made(id=said.thing)

    arrived.__annotations__["return"] = made
    FEEDS[PersonJoined] = [feed for feed in FEEDS[PersonJoined] if feed.model.name != "Arrival"]
    feeds()(arrived)
    return made


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    models()
    before = list(FEEDS[PersonJoined])
    yield
    MODELS.pop("Arrival", None)
    FEEDS[PersonJoined] = before


async def test_the_old_table_goes_when_nobody_of_the_old_release_runs(
    chronicle: Chronicle, following: Following, tables: Tables, database: Database, connections: Connections
) -> None:
    last = await chronicle.say(("directory.person", ANN, PersonJoined(person=ANN, name="Ann")))
    old = declare(1).declared
    reader = PostgresProgress(database.application, connections, database.organisation)
    reader.start()  # a process of the old release
    async with following([old]):
        await reader.wait_for(last, [old], 10)
    new = declare(2, columns=2).declared
    async with following([new]):
        progress = PostgresProgress(database.application, connections, database.organisation)
        await progress.wait_for(last, [new], 10)
    assert [row["table_name"] for row in await tables.rows(TABLE_NAMES)] == [old.table, new.table]
    await reader.close()
    heard = Heard()
    async with following([new], heard):
        assert await heard.until("projections.dropped") == {"tables": [old.table]}
    assert [row["table_name"] for row in await tables.rows(TABLE_NAMES)] == [new.table]
    assert await tables.rows("SELECT to_regclass(%s) AS found", f"{{s}}.{old.table}".replace("{s}", database.schema)) == [
        {"found": None}
    ]
    assert len(await tables.rows(f"SELECT * FROM {{s}}.{new.table}")) == 1


async def test_other_columns_need_another_version(store: PostgresStore) -> None:
    await store.prepare([declare(1).declared])
    with pytest.raises(ModelChanged, match="Arrival has other columns than its table projections_arrival_v1: raise its version"):
        await store.prepare([declare(1, columns=2).declared])
