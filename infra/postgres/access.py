"""The two ways into a database: as its owner, who migrates it, and as the application, which may only add to the log."""

from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from infra.postgres.errors import DatabaseUnreachable
from infra.postgres.roles import ensure_application_role, grant_application_role

EMBEDDED_DATABASE = "onrecord"
EMBEDDED_LOGIN = "onrecord"


@dataclass(frozen=True)
class Access:
    """Connection strings of one database. With a DSN of the operator's both are the same login, and the role does the rest."""

    owner: str
    application: str

    @classmethod
    def by_dsn(cls, dsn: str) -> "Access":
        """Through one login, which is the owner's when it migrates."""
        return cls(dsn, dsn)

    @classmethod
    def on_server_of_ours(cls, superuser: str, database: str = EMBEDDED_DATABASE) -> "Access":
        """On the embedded server: makes the database and a login that can be nothing but the application."""
        with connect_as_owner(superuser) as server:
            ensure_application_role(server)
            _ensure_login(server)
            _ensure_database(server, database)
        return cls(
            owner=make_conninfo(superuser, dbname=database),
            application=make_conninfo(superuser, dbname=database, user=EMBEDDED_LOGIN),
        )


def connect_as_owner(conninfo: str) -> psycopg.Connection:
    """An autocommit connection for migrations and questions, not for the application. Raises DatabaseUnreachable."""
    try:
        return psycopg.connect(conninfo, autocommit=True, connect_timeout=10, application_name="onrecord migrate")
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        raise DatabaseUnreachable(f"The database can't be reached: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def _ensure_login(server: psycopg.Connection) -> None:
    if server.execute("SELECT FROM pg_catalog.pg_roles WHERE rolname = %s", (EMBEDDED_LOGIN,)).rowcount:
        return
    try:
        with server.transaction():
            server.execute(sql.SQL("CREATE ROLE {} LOGIN NOINHERIT").format(sql.Identifier(EMBEDDED_LOGIN)))
    except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        pass  # another process was quicker; it may not have granted yet
    grant_application_role(server, EMBEDDED_LOGIN)


def _ensure_database(server: psycopg.Connection, database: str) -> None:
    if server.execute("SELECT FROM pg_catalog.pg_database WHERE datname = %s", (database,)).rowcount:
        return
    try:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(database)))
    except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
        return
