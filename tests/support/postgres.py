"""A real PostgreSQL for tests: one server for all workers and clones, one template, a database of its own for each test.

The server isn't durable (no fsync) and lies in memory where there is room; a test of durability starts an EmbeddedPostgres of its
own in a temporary folder. ONRECORD_POSTGRES_BIN runs the tests on other programs, for instance /usr/lib/postgresql/15/bin, and
ONRECORD_TEST_DATABASE_URL (a superuser's DSN) on a server that is there.
"""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from infra.postgres.access import Access, connect_as_owner
from infra.postgres.embedded import THROWAWAY, EmbeddedPostgres
from infra.postgres.embedded.binaries import find_binaries
from infra.postgres.migrations import OrganisationSchema, create_organisation, fingerprint

ORGANISATION = "main"
ORGANISATION_ID = uuid.UUID("01890a5d-ac96-774b-bcce-b302099a8057")
_ENOUGH_MEMORY = 1 << 30
_TEMPLATES_KEPT = 5
_TEMPLATE_LOCK = 0x74656D706C617465  # "template"


@dataclass(frozen=True)
class Database:
    """A database of a test: migrated, with the organisation `main` and an empty log."""

    name: str
    access: Access
    server: str
    """The superuser's conninfo of the server, for tests that stop sessions or look into pg_stat_activity."""

    @property
    def owner(self) -> str:
        """The owner's conninfo."""
        return self.access.owner

    @property
    def application(self) -> str:
        """The application's conninfo: a login that may become onrecord_app and nothing else."""
        return self.access.application

    @property
    def organisation(self) -> OrganisationSchema:
        """The names of the organisation's schemas."""
        return OrganisationSchema(ORGANISATION)

    @property
    def schema(self) -> str:
        """The organisation's schema, unquoted: it needs no quotes."""
        return self.organisation.schema


@contextmanager
def running_server() -> Iterator[str]:
    """The superuser's conninfo of the server that all tests share, for as long as somebody uses it."""
    if given := os.environ.get("ONRECORD_TEST_DATABASE_URL"):
        yield given
        return
    server = EmbeddedPostgres(_home(), THROWAWAY)
    try:
        yield server.start()
    finally:
        server.stop()


def ready_template(server: str) -> str:
    """The name of a database with all migrations applied, made if this set of migrations has none yet."""
    name = f"onrecord_template_{fingerprint()}"
    with connect_as_owner(server) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_TEMPLATE_LOCK,))
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).rowcount:
            _sweep(connection)
            _make_template(connection, server, name)
    return name


@contextmanager
def fresh_database(server: str, template: str) -> Iterator[Database]:
    """A clone of the template, dropped afterwards with whatever sessions are left in it."""
    name = f"test_{os.getpid()}_{uuid.uuid4().hex[:12]}"
    with _maintenance(server) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(sql.Identifier(name), sql.Identifier(template))
        )
    try:
        yield Database(name, _access(server, name), server)
    finally:
        with _maintenance(server) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _maintenance(server: str) -> psycopg.Connection:
    return psycopg.connect(server, autocommit=True)


def _access(server: str, database: str) -> Access:
    return Access(
        owner=make_conninfo(server, dbname=database),
        application=make_conninfo(server, dbname=database, user="onrecord")
        if "ONRECORD_TEST_DATABASE_URL" not in os.environ
        else make_conninfo(server, dbname=database),
    )


def _make_template(connection: psycopg.Connection, server: str, name: str) -> None:
    unfinished = f"{name}_new"
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(unfinished)))
    access = Access.on_server_of_ours(server, unfinished)
    with connect_as_owner(access.owner) as owner:
        create_organisation(owner, ORGANISATION, ORGANISATION_ID)
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(unfinished), sql.Identifier(name)))
    connection.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(sql.Identifier(name)))


def _sweep(connection: psycopg.Connection) -> None:
    """Drops the databases of runs that were killed, and templates of long ago."""
    names = [name for (name,) in connection.execute("SELECT datname FROM pg_database ORDER BY oid DESC")]
    abandoned = [name for name in names if name.startswith("test_") and not Path("/proc", name.split("_")[1]).exists()]
    outdated = [name for name in names if name.startswith("onrecord_template_")][_TEMPLATES_KEPT:]
    for name in abandoned + outdated:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _home() -> Path:
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ENOUGH_MEMORY
    return (memory if roomy else Path(tempfile.gettempdir())) / f"onrecord-tests-{os.getuid()}-pg{find_binaries().major}"
