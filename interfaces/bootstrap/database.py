"""The database that the settings name: reached, migrated, examined."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from redis import Redis, RedisError

from application.ports.keys import KeyUnusable
from application.ports.ledger import SealingRefused
from infra.crypto.key_file import KeyFileUnusable
from infra.ledger.errors import LedgerError
from infra.postgres.access import Access, connect_as_owner
from infra.postgres.embedded import EmbeddedPostgres, EmbeddedPostgresError, has_cluster
from infra.postgres.embedded.removal import remove_data_dir
from infra.postgres.errors import DatabaseNotPrepared, DatabaseUnusable
from infra.postgres.migrations import (
    Applied,
    OrganisationNameInvalid,
    create_organisation,
    migrate,
    organisations,
    pending,
)
from infra.postgres.roles import become_application, grant_application_role
from infra.system import random_id
from interfaces.settings import Settings, SettingsInvalid

EXPECTED = (
    SettingsInvalid,
    EmbeddedPostgresError,
    DatabaseUnusable,
    OrganisationNameInvalid,
    KeyFileUnusable,
    KeyUnusable,
    LedgerError,
    SealingRefused,
)
"""Errors whose text is meant for whoever runs the program."""


@contextmanager
def database(settings: Settings) -> Iterator[Access]:
    """The ways into the database that the settings name; an embedded one runs for as long as the block. Raises EXPECTED."""
    if settings.database_url is not None:
        yield Access.by_dsn(settings.database_url)
        return
    with EmbeddedPostgres(settings.data_dir) as server:
        yield Access.on_server_of_ours(server.start())


def migrate_database(access: Access, organisation: str, grant_to: Sequence[str] = ()) -> Sequence[Applied]:
    """Brings the database to this release, with the organisation, and lets these logins be the application. Raises EXPECTED."""
    with connect_as_owner(access.owner) as owner:
        applied = [*migrate(owner), *create_organisation(owner, organisation, random_id())]
        for login in grant_to:
            grant_application_role(owner, login)
        return applied


def remove_data(settings: Settings) -> bool:
    """Removes the data directory with the embedded database, if nobody uses it; whether there was one. Raises EXPECTED."""
    return remove_data_dir(settings.data_dir)


class DatabaseState(NamedTuple):
    """What a database says of itself."""

    server: str
    """PostgreSQL's version."""
    organisations: Sequence[str]


def examine_database(settings: Settings) -> DatabaseState:
    """Asks the database, as the application would; makes nothing. Raises EXPECTED: unreachable, not prepared, not up to date."""
    if settings.database_url is None and not has_cluster(settings.data_dir):
        raise DatabaseNotPrepared(f"There is no database in {settings.data_dir} yet. Run `onrecord migrate`.")
    with database(settings) as access, connect_as_owner(access.application) as connection:
        become_application(connection)
        if lacking := pending(connection):
            missing = ", ".join(f"{count} in {schema}" for schema, count in lacking.items())
            raise DatabaseNotPrepared(f"Migrations are missing: {missing}. Run `onrecord migrate` as the database's owner.")
        names = [organisation.name for organisation in organisations(connection)]
        return DatabaseState(connection.info.parameter_status("server_version") or "of an unknown version", names)


def reaches_redis(url: str) -> bool:
    """Whether Redis answers within two seconds."""
    with Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as client:
        try:
            return bool(client.ping())
        except RedisError:
            return False
