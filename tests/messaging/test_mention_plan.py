"""Counting what mentions somebody reads those mentions, however much else is unread, and however much mentions them elsewhere."""

from pathlib import Path

import psycopg

from domain.kernel.identifiers import PersonId
from interfaces.graphql.answers import Request
from interfaces.graphql.ids import local_key
from interfaces.graphql.service import Checked, Service
from projections.engine.registry import models
from tests.messaging.scenes import opened
from tests.support.plans import messages_read, ran, rows_read
from tests.support.postgres import Database
from tests.support.serving import serving

MESSAGES = 60_000
SAID = """
    insert into {message} (id, position, sent_at, text, retracted, also_in_channel, history, worded_at, channel_id, author_id,
        valid_from)
    select gen_random_uuid(), n, now(), 'said ' || n, false, false, 'all', n, case when n % 2 = 0 then $1::uuid else $2::uuid end,
        $3::uuid, n from generate_series(1000, {count}) n
"""
MENTIONED = """
    insert into {mention} (id, kind, mentioned_at, position, target, message_id, person_id, channel_id, valid_from)
    select gen_random_uuid(), 'person', sent_at, position, who.id, m.id, who.id, m.channel_id, position from {message} m
    cross join lateral (
        select case when m.channel_id = $1::uuid and m.position % 10000 <> 0 then $2::uuid else $3::uuid end as id
    ) who
    where position >= 1000
"""


async def test_few_rows_are_read(database: Database, tmp_path: Path) -> None:
    async with serving(database, tmp_path) as served:
        ann, bo, chen = [await served.person(name) for name in ("Ann", "Bo", "Chen")]
        here, elsewhere = await opened(ann, bo), await opened(ann, bo)
        await served.level()
        with psycopg.connect(database.owner, autocommit=True, cursor_factory=psycopg.RawCursor) as owner:
            names = {each: f'"{database.schema}"."{models()[each.title()].table}"' for each in ("message", "mention")}
            channels = [key for each in (here, elsewhere) if (key := local_key(each, "Channel"))]
            owner.execute(SAID.format(**names, count=MESSAGES).encode(), (*channels, ann.person))
            owner.execute(MENTIONED.format(**names).encode(), (channels[0], chen.person, bo.person))
            owner.execute(b"analyze")
            plan = planned(owner, served.service, here, bo.person)
            assert (await bo.ask("query ($c: ID!) { channel(id: $c) { mentionCount } }", {"c": here}))["channel"] == {
                "mentionCount": MESSAGES // 10_000
            }
            full = await bo.ask("query ($c: ID!) { channel(id: $c) { mentionCount } }", {"c": elsewhere})
        assert full["channel"]["mentionCount"] == 100
        assert rows_read(plan, "messaging_mention") < 100, plan
        assert messages_read(plan) < 100, plan


def planned(owner: psycopg.Connection, service: Service, channel: str, viewer: PersonId) -> str:
    checked = service.check(Request("query ($id: ID!) { channel(id: $id) { mentionCount } }", {"id": channel}))
    assert isinstance(checked, Checked)
    return ran(owner, service.reads.query(checked.operation, viewer, {}), "counted")
