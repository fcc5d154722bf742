"""What the application's role may do, and may not."""

import psycopg
import pytest

from infra.postgres.connections import Connections, application_conninfo
from tests.support.postgres import Database

EVENT = """
INSERT INTO org_main.events (format, position, recorded_at, effective_at, event_id, stream, stream_version, type)
VALUES (1, 1, now(), now(), gen_random_uuid(), 'a.b/c', 1, 'a.b.v1')
"""


@pytest.fixture
def application(database: Database) -> str:
    """How the application connects."""
    return application_conninfo(database.application, "test", {})


def test_the_application_adds_to_the_log_and_reads_it(application: str) -> None:
    with psycopg.connect(application, autocommit=True) as connection:
        connection.execute(EVENT)
        assert connection.execute("SELECT position FROM org_main.events").fetchall() == [(1,)]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE org_main.events SET type = 'x'",
        "DELETE FROM org_main.events",
        "TRUNCATE org_main.events",
        "ALTER TABLE org_main.events DISABLE TRIGGER ALL",
        "DROP TABLE org_main.events CASCADE",
        "DROP SCHEMA org_main CASCADE",
        "INSERT INTO onrecord.organisations (name, schema, id) VALUES ('x', 'org_x', gen_random_uuid())",
        "CREATE ROLE somebody",
    ],
)
def test_the_application_changes_nothing_that_stands(application: str, change: str) -> None:
    with psycopg.connect(application, autocommit=True) as connection:
        connection.execute(EVENT)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(change)


def test_leaving_the_role_gives_nothing_back(database: Database, application: str) -> None:
    """The embedded server's login has no right of its own: it can only become the application."""
    if database.owner == database.application:
        pytest.skip("on a server of somebody's, the login is theirs")
    with psycopg.connect(application, autocommit=True) as connection:
        connection.execute(EVENT)
        connection.execute("SET ROLE NONE")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT FROM org_main.events")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET ROLE postgres")


def test_the_application_keeps_its_own_read_models(application: str) -> None:
    with psycopg.connect(application, autocommit=True) as connection:
        connection.execute("CREATE TABLE org_main.people_1 (id uuid PRIMARY KEY)")
        connection.execute("DROP TABLE org_main.people_1")


async def test_every_connection_of_the_pool_has_its_settings(database: Database) -> None:
    async with Connections(database.application) as connections, connections.connection() as connection:
        shown = {}
        for setting in ("role", "TimeZone", "jit", "plan_cache_mode", "statement_timeout"):
            row = await (await connection.execute(f"SHOW {setting}")).fetchone()
            shown[setting] = row[0] if row else None
    assert shown == {
        "role": "onrecord_app",
        "TimeZone": "UTC",
        "jit": "off",
        "plan_cache_mode": "force_generic_plan",
        "statement_timeout": "30s",
    }
