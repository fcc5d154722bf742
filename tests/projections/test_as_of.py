"""A table as of a position is read through its indexes, those of rows and of versions merged."""

from infra.postgres.projections.layout import layout
from infra.postgres.projections.store import PostgresStore
from projections.engine.apply import Applier
from projections.engine.past import as_of
from projections.engine.registry import models
from tests.projections.histories import Author
from tests.projections.oracle import TELLS, Oracle
from tests.projections.tables import Tables

MESSAGE = models()["Message"]
GIVEN = {
    "id": "gen_random_uuid()",
    "position": "n",
    "sent_at": "'2026-03-01'::timestamptz + n * interval '1 minute'",
    "channel_id": "md5((n %% 40)::text)::uuid",
    "author_id": "md5((n %% 9)::text)::uuid",
    "valid_from": "n",
}
ANYTHING = {"text": "'all'", "boolean": "false", "timestamptz": "'2026-03-01'::timestamptz", "integer": "0", "bigint": "0"}
VALUES = {
    cell.name: GIVEN.get(cell.name) or ANYTHING[cell.oid_type]
    for cell in layout(MESSAGE).cells
    if cell.name in GIVEN or not cell.nullable
}
FILL = f"""
INSERT INTO {{s}}.{MESSAGE.table}%s ({", ".join(VALUES)}%s)
SELECT {", ".join(VALUES.values())}%s FROM generate_series(1, %s) n
"""
AS_OF = as_of("{s}", MESSAGE, "19000", "t.id, t.channel_id, t.thread_id, t.also_in_channel, t.sent_at")
PLAN = f"""
EXPLAIN (COSTS OFF) SELECT t.id FROM {AS_OF} t
WHERE t.channel_id = md5('1')::uuid AND (t.thread_id is null or t.also_in_channel) ORDER BY t.sent_at DESC, t.id DESC LIMIT 50
"""


async def test_a_list_as_of_a_position_is_read_in_the_order_of_its_index(store: PostgresStore, tables: Tables) -> None:
    await store.prepare([MESSAGE])
    await tables.execute(FILL % ("", "", "", 20_000))
    await tables.execute(FILL % ("_history", ", valid_to", ", n + 5", 2_000))
    await tables.execute(f"ANALYZE {{s}}.{MESSAGE.table}, {{s}}.{MESSAGE.table}_history")
    plan = "\n".join(row["QUERY PLAN"] for row in await tables.rows(PLAN))
    assert "Merge Append" in plan, plan
    assert "->  Sort" not in plan, plan
    assert plan.count("Index Scan Backward") == 2


async def test_every_position_shows_what_the_oracle_told_then(store: PostgresStore, tables: Tables) -> None:
    author = Author().tell((11, 150))
    chosen = [model for model in models().values() if model.name in TELLS]
    slots = list(await store.prepare(chosen))
    story = author.story.recorded
    await Applier(store, slots).apply(slots, story, 0, len(story))
    oracle, withdrawn = Oracle(), author.withdrawn
    for position, said in enumerate(story, start=1):
        oracle.tell([said])
        if position % 10 and position != len(story):
            continue
        for model in chosen:
            found = await tables.at(model, position)
            keys = {column.key_column for column in model.personal}
            shown = {row["id"] for row in found}
            told = oracle.now.get(model.name, {})
            # What was sealed with a key that is withdrawn later on can't be seen in the past either; a row may even be gone.
            kept = {id_ for id_, row in told.items() if not withdrawn & {row.get(str(key)) for key in keys}}
            assert kept <= shown <= set(told)
            assert {row["valid_from"] for row in found} <= {row["valid_from"] for row in told.values()}
