"""Every process measures how far read models are behind, also where nobody follows."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from domain.directory.events.person import PersonJoined, PersonRenamed
from infra.postgres.log.log import PostgresLog
from projections.engine.lag import Lag
from projections.engine.registry import models
from tests.projections.chronicle import Chronicle
from tests.projections.heard import Heard
from tests.projections.stories import person

ANN = person("Ann")
PERSON, MESSAGE = models()["Person"], models()["Message"]


class Measured(Heard):
    """Keeps the last value of each gauge."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[tuple[str, str], float] = {}

    def measure(self, name: str, value: float, **labels: str) -> None:
        self.values[name, labels.get("model", "")] = value


async def test_a_model_that_stands_still_is_behind_by_the_age_of_what_it_lacks(chronicle: Chronicle, log: PostgresLog) -> None:
    await chronicle.say(("directory.person", ANN, PersonJoined(person=ANN, name="Ann")))
    first = (await log.reader.read(chronicle.last - 1, 1))[0]
    head = await chronicle.say(("directory.person", ANN, PersonRenamed(person=ANN, name="Anna")))

    async def positions() -> Mapping[str, int]:
        return {PERSON.table: head, MESSAGE.table: chronicle.last - 2}

    told = Measured()
    now = datetime.fromtimestamp(first.recorded_at / 1_000_000, UTC) + timedelta(seconds=90)
    await Lag([PERSON, MESSAGE], log.reader, positions, told, lambda: now).measure()
    assert told.values["log_position", ""] == head
    assert (told.values["projections_lag_positions", "Person"], told.values["projections_lag_seconds", "Person"]) == (0, 0)
    assert told.values["projections_lag_positions", "Message"] == 2
    assert abs(told.values["projections_lag_seconds", "Message"] - 90) < 0.001
