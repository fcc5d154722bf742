"""Every read model that there is, over histories of every event that feeds one: any batching gives what a plain fold gives."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain.kernel.events import Event, Recorded
from infra.postgres.projections.store import PostgresStore
from projections.engine.apply import Applier
from projections.engine.feeds import FEEDS
from projections.engine.registry import models
from projections.engine.store import Slot
from tests.projections.anything import anything
from tests.projections.plain import Plain
from tests.projections.tables import Rows, Tables
from tests.projections.test_any_batching import MODELS, SETTINGS, batches, breaks, differences, emptied

histories = st.tuples(st.integers(0, 1_000_000), st.integers(0, 300))
# A seed doesn't shrink to a plainer history.
SEEDED = settings(SETTINGS, phases=(Phase.explicit, Phase.reuse, Phase.generate))
copied_from = st.sampled_from([1, 200])
HELD = "SELECT table_name, key, position, error IS NOT NULL AS first FROM {s}.quarantine ORDER BY 1, 2, 3"


def told(plain: Plain) -> Rows:
    """What the tables must show."""
    found: Rows = {}
    for model in MODELS:
        found[model.name] = plain.rows(model)
        if model.history:
            found[f"{model.name} before"] = plain.versions(model)
    return found


async def follow(
    store: PostgresStore, slots: list[Slot], parts: Sequence[Sequence[Recorded[Event]]], *, strict: bool, copied: int
) -> None:
    applier, after = Applier(store, slots, strict=strict), 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("infra.postgres.projections.statements.COPIED_FROM", copied)
        for part in parts:
            await applier.apply(slots, part, after, part[-1].position)
            after = part[-1].position


@given(histories, breaks, copied_from)
@SEEDED
async def test_live_batches_with_faults(store: PostgresStore, tables: Tables, numbers: Any, cuts: set[int], copied: int) -> None:
    story, plain = anything(numbers)
    slots = await emptied(store, tables, MODELS)
    await follow(store, slots, batches(story.recorded, cuts), strict=False, copied=copied)
    assert differences(await tables.all(MODELS), told(plain)) == []
    held = [tuple(row.values()) for row in await tables.rows(HELD)]
    assert held == sorted(tuple(each) for each in plain.held)


@given(histories, breaks, copied_from)
@SEEDED
async def test_rebuilds(store: PostgresStore, tables: Tables, numbers: Any, cuts: set[int], copied: int) -> None:
    story, plain = anything(numbers, faults=0)
    slots = await emptied(store, tables, MODELS)
    await follow(store, slots, batches(story.recorded, cuts), strict=True, copied=copied)
    assert differences(await tables.all(MODELS), told(plain)) == []


def test_such_a_history_reaches_every_model_and_every_event() -> None:
    shown: set[str] = set()
    said: set[type[Event]] = set()
    for seed in range(12):
        story, plain = anything((seed, 300))
        shown |= {model.name for model, rows in plain.now.items() if rows}
        said |= {type(each.event) for each in story.recorded}
    assert {model.name for model in models().values() if model.view is None} <= shown
    assert set(FEEDS) <= said | {kind for kind in FEEDS if not FEEDS[kind]}
