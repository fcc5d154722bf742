"""The latest of the past cost what the latest of now do: both tables are read from an index's end, not from their beginning."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from application.ports.moments import Moment
from interfaces.graphql.answers import Request
from interfaces.graphql.ids import local_key
from interfaces.graphql.service import Checked
from projections.engine.registry import models
from tests.support.plans import messages_read, ran
from tests.support.postgres import Database
from tests.support.serving import Client, Served, serving

MESSAGES = 100_000
START = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = "id, position, sent_at, text, retracted, also_in_channel, history, worded_at, channel_id, author_id, valid_from"
WRITTEN = """
    insert into {now} ({columns})
    select gen_random_uuid(), n, $1::timestamptz + n * interval '1 second', 'said ' || n, false, false, 'all', n,
        $2::uuid, $3::uuid, case when n % 10 = 0 then n + {half} else n end from generate_series(100, {count}) n
"""
EDITED = """
    insert into {past} ({columns}, valid_to)
    select id, position, sent_at, 'was ' || text, retracted, also_in_channel, history, worded_at,
        channel_id, author_id, position, valid_from from {now} where valid_from > position
"""
LATEST = "messages { nodes { id text sentAt author { name } } }"


@pytest.mark.parametrize("query", [f"channel(id: $id) {{ {LATEST} }}", f"channel(id: $id) {{ id }} {LATEST}"])
async def test_few_rows_are_read_as_of_any_moment(database: Database, tmp_path: Path, query: str) -> None:
    async with serving(database, tmp_path) as served:
        ann = await served.person("Ann")
        made = await ann.done("openChannel", "channel { id }", name="hall", visibility="PUBLIC")
        await ann.done("postMessage", channel=made["channel"]["id"], text="the tables are there")
        channel = made["channel"]["id"]
        with psycopg.connect(database.owner, autocommit=True, cursor_factory=psycopg.RawCursor) as owner:
            fill(owner, database, channel, ann)
            for share in (10, 50, 90):
                plan = planned(
                    owner, served, f"query ($id: ID!) {{ at(asOf: {{position: 1}}) {{ {query} }} }}", channel, ann, share
                )
                assert messages_read(plan) < 1_000, plan


def fill(owner: psycopg.Connection, database: Database, channel: str, ann: Client) -> None:
    now = f'"{database.schema}"."{models()["Message"].table}"'
    names = {"now": now, "past": now[:-1] + '_history"', "columns": COLUMNS, "count": MESSAGES, "half": MESSAGES // 2}
    owner.execute(WRITTEN.format(**names).encode(), (START, local_key(channel, "Channel"), ann.person))
    owner.execute(EDITED.format(**names).encode())
    owner.execute(b"analyze")


def planned(owner: psycopg.Connection, served: Served, query: str, channel: str, ann: Client, share: int) -> str:
    """The plan that any moment has, as the pool's connections have it, run for one."""
    checked = served.service.check(Request(query, {"id": channel}))
    assert isinstance(checked, Checked)
    position = MESSAGES * share // 100
    moment = Moment(position, START + timedelta(seconds=position))
    ready = served.service.reads.query(checked.operation, ann.person, {"at": moment})
    return ran(owner, ready, f"asked_{share}")
