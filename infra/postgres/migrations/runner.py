"""Brings a database to this release: applies each migration once, in a transaction of its own, one process at a time."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from infra.postgres.errors import DatabaseNotPrepared, DatabaseTooNew, DatabaseUnusable, MigrationAltered
from infra.postgres.migrations.files import BOOTSTRAP, Migration, organisation_migrations, registry_migrations
from infra.postgres.migrations.organisations import Organisation, OrganisationSchema
from infra.postgres.roles import APPLICATION_ROLE, ensure_application_role, grant_application_role

REGISTRY = "onrecord"
"""The schema that all organisations of a database share."""
OLDEST_SERVER = 15
_LOCK = 0x6F6E7265636F7264  # "onrecord"
_LOCK_WAIT = "120s"


@dataclass(frozen=True)
class Applied:
    """A migration that was applied just now."""

    schema: str
    number: int
    name: str


def migrate(owner: psycopg.Connection) -> Sequence[Applied]:
    """Brings the registry and every organisation up to date; answers what was done, nothing if nothing was to do.

    `owner` must be an autocommit connection of the database's owner. Raises DatabaseUnusable: an old server, a role that can't be
    made, an altered migration, a schema of a newer release. What was applied before a failure stays applied.
    """
    with _one_at_a_time(owner):
        applied = _prepare_registry(owner)
        for organisation in organisations(owner):
            schema = OrganisationSchema(organisation.name)
            applied += _apply(owner, schema.schema, organisation_migrations(), schema)
        return applied


def create_organisation(owner: psycopg.Connection, name: str, id: UUID) -> Sequence[Applied]:  # noqa: A002 (the domain's word)
    """Registers an organisation and makes its schemas, all or nothing; changes nothing if the name is registered.

    Brings the registry up to date first. Raises OrganisationNameInvalid, DatabaseUnusable.
    """
    schema = OrganisationSchema(name)
    with _one_at_a_time(owner):
        applied = _prepare_registry(owner)
        with owner.transaction():
            registered = owner.execute(
                "INSERT INTO onrecord.organisations (name, schema, id) VALUES (%s, %s, %s) ON CONFLICT (name) DO NOTHING",
                (schema.name, schema.schema, id),
            )
            if registered.rowcount:
                _make_schemas(owner, schema)
            applied += _apply(owner, schema.schema, organisation_migrations(), schema)
        return applied


def organisations(connection: psycopg.Connection) -> Sequence[Organisation]:
    """The organisations of a prepared database, by name."""
    cursor = connection.cursor(row_factory=class_row(Organisation))
    return cursor.execute("SELECT name, schema, id, created_at FROM onrecord.organisations ORDER BY name").fetchall()


def pending(connection: psycopg.Connection) -> Mapping[str, int]:
    """How many migrations each schema lacks; empty when all is up to date. For any role that may read.

    Raises DatabaseNotPrepared where there is no registry, DatabaseTooNew, MigrationAltered.
    """
    try:
        with connection.transaction():
            schemas = [organisation.schema for organisation in organisations(connection)]
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName, psycopg.errors.InsufficientPrivilege):
        raise DatabaseNotPrepared("The database isn't prepared. Run `onrecord migrate` as its owner.") from None
    lacking = {REGISTRY: len(_missing(connection, REGISTRY, registry_migrations()))}
    lacking |= {schema: len(_missing(connection, schema, organisation_migrations())) for schema in schemas}
    return {schema: count for schema, count in lacking.items() if count}


def _prepare_registry(owner: psycopg.Connection) -> list[Applied]:
    _check_server(owner)
    ensure_application_role(owner)
    grant_application_role(owner)
    with owner.transaction():
        owner.execute(_trusted(BOOTSTRAP))
    return _apply(owner, REGISTRY, registry_migrations())


def _check_server(connection: psycopg.Connection) -> None:
    if connection.info.server_version < OLDEST_SERVER * 10_000:
        raise DatabaseUnusable(
            f"PostgreSQL {OLDEST_SERVER} or newer is needed; this is {connection.info.server_version // 10_000}."
        )
    if (encoding := connection.info.parameter_status("server_encoding")) != "UTF8":
        raise DatabaseUnusable(f"The database's encoding must be UTF8; it is {encoding}. Create it with ENCODING 'UTF8'.")


@contextmanager
def _one_at_a_time(owner: psycopg.Connection) -> Iterator[None]:
    if not owner.autocommit:
        raise ValueError("migrations need an autocommit connection: each has a transaction of its own")
    with owner.transaction():
        owner.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(_LOCK_WAIT))
        try:
            owner.execute("SELECT pg_catalog.pg_advisory_lock(%s)", (_LOCK,))
        except psycopg.errors.LockNotAvailable:
            raise DatabaseUnusable(f"Another migration of this database has been running for over {_LOCK_WAIT}.") from None
    try:
        yield
    finally:
        if not owner.closed:
            owner.execute("SELECT pg_catalog.pg_advisory_unlock(%s)", (_LOCK,))


def _make_schemas(owner: psycopg.Connection, organisation: OrganisationSchema) -> None:
    # The application makes and drops the tables of read models itself; what the owner made there isn't touched by that right.
    owner.execute(
        sql.SQL("CREATE SCHEMA {schema}; CREATE SCHEMA {keys}; GRANT USAGE, CREATE ON SCHEMA {schema} TO {role}").format(
            schema=sql.Identifier(organisation.schema),
            keys=sql.Identifier(organisation.keys),
            role=sql.Identifier(APPLICATION_ROLE),
        )
    )


def _apply(
    owner: psycopg.Connection, schema: str, known: Sequence[Migration], organisation: OrganisationSchema | None = None
) -> list[Applied]:
    done = []
    for migration in _missing(owner, schema, known):
        text = migration.sql_for(organisation) if organisation else migration.text
        with owner.transaction():
            # So that a name without its schema fails here, and not on somebody's server with another search path.
            owner.execute("SET LOCAL search_path = pg_catalog")
            owner.execute(_trusted(text))
            owner.execute(
                "INSERT INTO onrecord.migrations (schema, number, name, digest) VALUES (%s, %s, %s, %s)",
                (schema, migration.number, migration.name, migration.digest),
            )
        done.append(Applied(schema, migration.number, migration.name))
    return done


def _missing(connection: psycopg.Connection, schema: str, known: Sequence[Migration]) -> Sequence[Migration]:
    rows = connection.execute(
        "SELECT number, name, digest FROM onrecord.migrations WHERE schema = %s ORDER BY number", (schema,)
    ).fetchall()
    if len(rows) > len(known):
        raise DatabaseTooNew(
            f"Schema {schema} has migration {rows[-1][0]} ({rows[-1][1]}), unknown to this release. Use the newer release."
        )
    for (number, name, digest), migration in zip(rows, known, strict=False):
        if digest != migration.digest:
            raise MigrationAltered(
                f"Migration {number} ({name}) of schema {schema} was applied with another text than this release has. "
                "A released migration is never changed; for a throw-away demo, `make demo-reset` starts anew."
            )
    return known[len(rows) :]


def _trusted(text: str) -> sql.SQL:
    """Our own files, with names that OrganisationSchema checked."""
    return sql.SQL(text)
