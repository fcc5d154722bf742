"""Hot statements go by an index, also where they were planned when the log was empty, and whatever the statistics say."""

import re

import psycopg
import pytest

from infra.postgres.connections import FOR_READS, application_conninfo
from infra.postgres.log.session import SETTINGS
from infra.postgres.log.statements import statement
from tests.support.postgres import Database

FILL = """
INSERT INTO org_main.events (format, position, recorded_at, effective_at, event_id, stream, stream_version, type)
SELECT 1, n, now(), now(), gen_random_uuid(), 'test.thing/' || n, 1, 'test.happened.v1' FROM generate_series(1, 20000) n
"""
FILL_COMMANDS = """
INSERT INTO org_main.commands SELECT event_id, event_id, sha256(''), NULL, position, position, now() FROM org_main.events
"""
STATEMENTS = {
    "page": "5, 9, 4",
    "streams": "ARRAY['test.thing/7', 'test.thing/8']",
    "head": "",
    "look": "19990, 100",
    "tail": "19990, 100",
    "outcomes": "ARRAY[gen_random_uuid()], ARRAY[gen_random_uuid()]",
    "versions": "ARRAY['test.thing/7', 'test.thing/8']",
    "append": (
        "NULL, ARRAY[gen_random_uuid()], ARRAY['test.thing/new'], ARRAY[1], ARRAY['test.happened.v1'], "
        "NULL, NULL, NULL, NULL, NULL, "
        "ARRAY[''::bytea], ARRAY[''::bytea], sha256(''), 20000, now(), now(), NULL, "
        "ARRAY[gen_random_uuid()], ARRAY[gen_random_uuid()], ARRAY[sha256('')], NULL, ARRAY[20001], ARRAY[20001]"
    ),
    "written": "ARRAY[gen_random_uuid()]",
    "notifications": "5, 9, 4, ARRAY[]::text[]",
}


READ_THROUGH_THE_POOL = ("page", "streams", "head", "notifications")
PLANNED = [(name, SETTINGS) for name in STATEMENTS] + [(name, FOR_READS) for name in READ_THROUGH_THE_POOL]


@pytest.mark.parametrize(("name", "settings"), PLANNED)
@pytest.mark.parametrize("planned", ["empty", "full"])
def test_no_hot_statement_reads_a_whole_table(database: Database, name: str, settings: dict[str, str], planned: str) -> None:
    conninfo = application_conninfo(database.application, "plans", settings)
    with psycopg.connect(database.owner, autocommit=True) as owner, psycopg.connect(conninfo, autocommit=True) as connection:
        if planned == "full":
            owner.execute(FILL)
            owner.execute(FILL_COMMANDS)
            owner.execute("ANALYZE org_main.events, org_main.commands")
        connection.execute(b"PREPARE hot AS " + statement(name, database.organisation))
        arguments = f"({STATEMENTS[name]})" if STATEMENTS[name] else ""
        plan = "\n".join(line for (line,) in connection.execute(f"EXPLAIN EXECUTE hot{arguments}"))
    assert "Index" in plan
    assert not re.search(r"Seq Scan on (events|commands)", plan), plan
