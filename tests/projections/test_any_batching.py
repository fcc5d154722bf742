"""Any batching of any history gives the rows and the versions that the oracle tells, whatever breaks off in between."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.kernel.events import Event, Recorded
from infra.postgres.projections.batch import PostgresBatch
from infra.postgres.projections.store import PostgresStore
from projections.engine.apply import Applier
from projections.engine.members import Declared
from projections.engine.registry import models
from projections.engine.store import Slot
from tests.projections.histories import Author, numbers_of_histories
from tests.projections.oracle import TELLS, Oracle
from tests.projections.stories import erased
from tests.projections.tables import Rows, Tables

MODELS = [model for model in models().values() if model.view is None]
TOLD = [model for model in MODELS if model.name in TELLS]
SETTINGS = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
breaks = st.sets(st.integers(1, 150), max_size=8)


class Interrupted(Exception):
    """The process is killed here."""


async def emptied(store: PostgresStore, tables: Tables, chosen: Sequence[Declared]) -> list[Slot]:
    """All tables, as if nothing had been followed yet."""
    slots = list(await store.prepare(chosen))
    names = [f"{{s}}.{slot.table}{suffix}" for slot in slots for suffix in (("", "_history") if slot.model.history else ("",))]
    empty = "; ".join(f"DELETE FROM {name}" for name in names)
    await tables.execute(f"{empty}; UPDATE {{s}}.projections SET position = 0; DELETE FROM {{s}}.quarantine")
    return slots


def batches(story: Sequence[Recorded[Event]], cuts: set[int]) -> list[Sequence[Recorded[Event]]]:
    """The history, cut after these positions."""
    ends = [*sorted(cut for cut in cuts if cut < len(story)), len(story)]
    return [story[begin:end] for begin, end in zip([0, *ends], ends, strict=False) if end > begin]


def told(oracle: Oracle) -> Rows:
    """The oracle's rows and versions as tables show them."""
    found: Rows = {}
    for model in TOLD:
        found[model.name] = sorted(oracle.now.get(model.name, {}).values(), key=lambda row: row["id"])
        past = [values | {"valid_to": until} for _, _, until, values in oracle.past.get(model.name, [])]
        found[f"{model.name} before"] = sorted(past, key=lambda row: (row["id"], row["valid_from"]))
    return found


def shown(rows: Rows) -> Rows:
    """The tables without what the oracle says nothing about: search tokens."""
    return {name: [{k: v for k, v in row.items() if k != "text_tokens"} for row in each] for name, each in rows.items()}


def differences(found: Rows, right: Rows) -> list[str]:
    """What isn't as it should be, each in a line."""
    lines = []
    for name, rows in right.items():
        by_key = {(row["id"], row["valid_from"]): row for row in found[name]}
        for row in rows:
            other = by_key.pop((row["id"], row["valid_from"]), None)
            if other is None:
                lines.append(f"{name} {row['id']} from {row['valid_from']} is missing")
            elif other != row:
                wrong = {column: (other.get(column), value) for column, value in row.items() if other.get(column) != value}
                lines.append(f"{name} {row['id']} from {row['valid_from']}: (is, should be) {wrong}")
        lines += [f"{name} {id_} from {since} should not be there" for id_, since in by_key]
    return lines


async def follow(store: PostgresStore, slots: list[Slot], parts: Sequence[Sequence[Recorded[Event]]]) -> None:
    applier, after = Applier(store, slots), 0
    for part in parts:
        assert await applier.apply(slots, part, after, part[-1].position) == 0
        after = part[-1].position


@given(numbers_of_histories, breaks)
@SETTINGS
async def test_any_batching_gives_what_the_oracle_tells(
    store: PostgresStore, tables: Tables, numbers: Any, cuts: set[int]
) -> None:
    author = Author().tell(numbers)
    slots = await emptied(store, tables, TOLD)
    await follow(store, slots, batches(author.story.recorded, cuts))
    assert differences(shown(await tables.all(TOLD)), told(author.oracle)) == []


@given(numbers_of_histories, breaks)
@SETTINGS
async def test_a_rebuild_after_erasure_gives_what_stands_live(
    store: PostgresStore, tables: Tables, numbers: Any, cuts: set[int]
) -> None:
    author = Author().tell(numbers)
    slots = await emptied(store, tables, TOLD)
    await follow(store, slots, batches(author.story.recorded, cuts))
    live = await tables.all(TOLD)
    slots = await emptied(store, tables, TOLD)
    await follow(store, slots, batches(erased(author.story.recorded, author.withdrawn), set()))
    assert differences(await tables.all(TOLD), live) == []


@given(numbers_of_histories, breaks, st.sets(st.integers(0, 8), max_size=4))
@SETTINGS
async def test_what_breaks_off_is_done_again(
    store: PostgresStore, tables: Tables, numbers: Any, cuts: set[int], broken: set[int]
) -> None:
    author = Author().tell(numbers)
    slots = await emptied(store, tables, TOLD)
    applier = Applier(store, slots)
    for number, part in enumerate(batches(author.story.recorded, cuts)):
        (after,) = set((await store.positions(slots)).values())
        if number in broken:
            with pytest.MonkeyPatch.context() as patch, suppress(Interrupted):
                patch.setattr(PostgresBatch, "write", _breaking_off(PostgresBatch.write))
                await applier.apply(slots, part, after, part[-1].position)
        (now,) = set((await store.positions(slots)).values())
        if now != part[-1].position:
            await applier.apply(slots, part, now, part[-1].position)
    assert differences(shown(await tables.all(TOLD)), told(author.oracle)) == []


def _breaking_off(write: Any) -> Any:
    async def written_and_lost(self: PostgresBatch, *changes: Any) -> None:
        await write(self, *changes)
        raise Interrupted

    return written_and_lost
