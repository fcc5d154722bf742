"""Whoever sees one row in a thousand is shown them from what they may see; whoever sees all, by walking through all."""

from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from application.ports.moments import Moment
from infra.postgres.migrations import OrganisationSchema
from interfaces.graphql.answers import Request
from interfaces.graphql.service import Checked
from tests.benchmarks.query_data import ID, insert
from tests.support.plans import ran, rows_read
from tests.support.postgres import ORGANISATION, Database
from tests.support.serving import Client, serving

CHANNELS = 20_000
SCHEMA = OrganisationSchema(ORGANISATION)
MOMENT = Moment(1_000, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("past", [False, True], ids=["now", "past"])
async def test_a_list_is_read_from_its_shorter_end(database: Database, tmp_path: Path, past: bool) -> None:
    async with serving(database, tmp_path) as served:
        few, many, granted = [await served.person(name) for name in ("Few", "Many", "Granted")]
        with psycopg.connect(database.owner, autocommit=True, cursor_factory=psycopg.RawCursor) as owner:
            fill(owner, few, many, granted)

            def channels_read(viewer: Client, fields: str) -> float:
                query = f"channels(first: 50) {{ {fields} }}"
                text = f"query ($p: Position!) {{ at(asOf: {{position: $p}}) {{ {query} }} }}" if past else f"{{ {query} }}"
                variables, moment = ({"p": "1000"}, MOMENT) if past else ({}, None)
                checked = served.service.check(Request(text, variables))
                assert isinstance(checked, Checked)
                ready = served.service.reads.query(checked.operation, viewer.person, {"at": moment} if moment else {})
                return rows_read(ran(owner, ready, f"asked_{viewer.person.hex}"), "messaging_channel_v")

            assert channels_read(few, "nodes { name } totalCount") < 200
            assert channels_read(granted, "nodes { name } totalCount") < 200
            if not past:  # there the order is by what the name may be shown as, which no index has
                assert channels_read(many, "nodes { name }") < 200


def fill(owner: psycopg.Connection, few: Client, many: Client, granted: Client) -> None:
    """Private channels: of each thousand, one is of the first, all of the second, and one open to the third by a grant."""
    number = ID.format("n")
    every = f"generate_series(1, {CHANNELS}) n"
    some = f"generate_series(1000, {CHANNELS}, 1000) n"
    place = {"role": "'member'", "channel_id": number, "valid_from": "1"}
    held = {"action": "'messaging.channel.read'", "since": "timestamptz '2025-01-01'", "granted_by_id": f"'{many.person}'"}
    for statement in (
        insert(SCHEMA, "Channel", every, id=number, kind="'group'", visibility="'private'", history="'all'", valid_from="1",
               name="'Channel ' || lpad(((n * 7919) % 20011)::text, 8, '0')"),
        insert(SCHEMA, "ChannelMembership", some, person_id=f"'{few.person}'", **place),
        insert(SCHEMA, "ChannelMembership", every, person_id=f"'{many.person}'", **place),
        insert(SCHEMA, "Grant", some, person_id=f"'{granted.person}'", resource=number, valid_from="1", **held),
        "analyze",
    ):  # fmt: skip
        owner.execute(statement.encode())
