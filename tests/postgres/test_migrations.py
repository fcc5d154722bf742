"""Migrations: each once, in order, by one process at a time; nothing half done."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from infra.postgres import roles
from infra.postgres.access import Access, connect_as_owner
from infra.postgres.errors import DatabaseNotPrepared, DatabaseTooNew, DatabaseUnreachable, MigrationAltered, RoleMissing
from infra.postgres.migrations import (
    OrganisationNameInvalid,
    OrganisationSchema,
    create_organisation,
    files,
    migrate,
    organisations,
    pending,
)
from tests.support.postgres import Database


@pytest.fixture
def owner(database: Database) -> Iterator[psycopg.Connection]:
    """The owner's connection to a database that is up to date."""
    with connect_as_owner(database.owner) as connection:
        yield connection


@pytest.fixture
def unprepared(postgres_server: str) -> Iterator[Access]:
    """A database in which nothing is."""
    name = f"test_0_{uuid4().hex[:12]}"
    yield Access.on_server_of_ours(postgres_server, name)
    with connect_as_owner(postgres_server) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_prepared_database_has_nothing_to_do(owner: psycopg.Connection) -> None:
    assert migrate(owner) == []
    assert not pending(owner)
    assert [organisation.name for organisation in organisations(owner)] == ["main"]


def test_an_empty_database_says_so(unprepared: Access) -> None:
    with connect_as_owner(unprepared.application) as application, pytest.raises(DatabaseNotPrepared, match="onrecord migrate"):
        pending(application)


def test_two_processes_at_once_apply_everything_once(unprepared: Access) -> None:
    def prepare(name: str) -> int:
        with connect_as_owner(unprepared.owner) as owner:
            return len(create_organisation(owner, name, uuid4()))

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(prepare, ["main", "main", "other", "main"]))
    registry, each = len(files.registry_migrations()), len(files.organisation_migrations())
    assert sum(done) == registry + 2 * each
    with connect_as_owner(unprepared.owner) as owner:
        assert not pending(owner)


def test_a_failing_migration_leaves_nothing_of_itself(owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    known = files.organisation_migrations()
    broken = files.Migration(len(known) + 1, "broken", "CREATE TABLE {schema}.half (); SELECT 1/0;")
    monkeypatch.setattr("infra.postgres.migrations.runner.organisation_migrations", lambda: (*known, broken))
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(owner)
    assert owner.execute("SELECT to_regclass('org_main.half')").fetchone() == (None,)
    assert pending(owner) == {"org_main": 1}


def test_an_organisation_whose_migration_fails_is_not_registered(
    owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = files.Migration(1, "broken", "SELECT 1/0")
    monkeypatch.setattr("infra.postgres.migrations.runner.organisation_migrations", lambda: (broken,))
    with pytest.raises(psycopg.errors.DivisionByZero):
        create_organisation(owner, "other", uuid4())
    assert [organisation.name for organisation in organisations(owner)] == ["main"]
    assert owner.execute("SELECT to_regnamespace('org_other')").fetchone() == (None,)


def test_the_lock_is_given_back_after_a_failure(
    database: Database, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(files.Migration, "digest", "another")
        with pytest.raises(MigrationAltered):
            migrate(owner)
    monkeypatch.setattr("infra.postgres.migrations.runner._LOCK_WAIT", "1s")
    with connect_as_owner(database.owner) as second:
        assert migrate(second) == []


def test_an_altered_migration_is_refused(owner: psycopg.Connection) -> None:
    owner.execute("UPDATE onrecord.migrations SET digest = 'another' WHERE schema = 'org_main' AND number = 1")
    with pytest.raises(MigrationAltered, match="Migration 1 "):
        migrate(owner)


def test_a_newer_schema_is_refused(owner: psycopg.Connection) -> None:
    owner.execute("INSERT INTO onrecord.migrations (schema, number, name, digest) VALUES ('org_main', 9999, 'later', '')")
    with pytest.raises(DatabaseTooNew, match="9999"):
        migrate(owner)


def test_a_name_without_its_schema_fails(owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    known = files.registry_migrations()
    careless = files.Migration(len(known) + 1, "careless", "CREATE TABLE somewhere ()")
    monkeypatch.setattr("infra.postgres.migrations.runner.registry_migrations", lambda: (*known, careless))
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="pg_catalog"):
        migrate(owner)


def test_without_the_right_to_make_roles_it_says_what_to_run(
    database: Database, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = f"plain_{uuid4().hex[:12]}"
    monkeypatch.setattr(roles, "APPLICATION_ROLE", f"absent_{uuid4().hex[:12]}")
    owner.execute(f"CREATE ROLE {login} LOGIN")
    try:
        with (
            connect_as_owner(make_conninfo(database.owner, user=login)) as plain,
            pytest.raises(RoleMissing, match=rf"CREATE ROLE absent_\w+ NOLOGIN; GRANT absent_\w+ TO {login};"),
        ):
            migrate(plain)
    finally:
        owner.execute(f"DROP ROLE {login}")


def test_a_login_may_be_let_in_and_only_then_acts_as_the_application(database: Database, owner: psycopg.Connection) -> None:
    login = f"plain_{uuid4().hex[:12]}"
    owner.execute(f"CREATE ROLE {login} LOGIN")
    try:
        with connect_as_owner(make_conninfo(database.owner, user=login)) as plain:
            with pytest.raises(RoleMissing, match=f"--grant-to {login}"):
                roles.become_application(plain)
            roles.grant_application_role(owner, login)
            roles.become_application(plain)
            assert not pending(plain)
    finally:
        owner.execute(f"DROP ROLE {login}")


def test_granting_to_nobody_is_refused(owner: psycopg.Connection) -> None:
    with pytest.raises(RoleMissing, match="no role 'not-there'"):
        roles.grant_application_role(owner, "not-there")


@pytest.mark.parametrize("name", ["", "Main", "1a", "a_b", "a--b", "-a", "a-", "a" * 41, 'a"; DROP', "é", "a\n"])
def test_names_that_an_organisation_cannot_have(name: str) -> None:
    with pytest.raises(OrganisationNameInvalid):
        OrganisationSchema(name)


def test_the_names_of_an_organisation_in_sql() -> None:
    names = OrganisationSchema("north-sea-2")
    assert (names.schema, names.keys, names.quoted, names.literal) == (
        "org_north_sea_2",
        "org_north_sea_2_keys",
        '"org_north_sea_2"',
        "'org_north_sea_2'",
    )


def test_files_are_numbered_without_gaps(tmp_path: Path) -> None:
    (tmp_path / "0001_first.sql").touch()
    (tmp_path / "0003_third.sql").touch()
    with pytest.raises(ValueError, match="expected a file named 0002_"):
        files._read(tmp_path)


def test_an_unreachable_database_is_named_in_one_line() -> None:
    with pytest.raises(DatabaseUnreachable) as refused:
        connect_as_owner("postgresql://127.0.0.1:1/nothing")
    assert "\n" not in str(refused.value)
