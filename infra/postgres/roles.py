"""The role under which the application works. It owns nothing of the log, and may only read it and add to it."""

import psycopg
from psycopg import sql

from infra.postgres.errors import RoleMissing

APPLICATION_ROLE = "onrecord_app"
"""A group that can't log in; `grant_application_role` says who may become it. All databases of a server share it."""


def ensure_application_role(owner: psycopg.Connection) -> None:
    """Creates the role if there is none. Raises RoleMissing, with the statements for an administrator, where we may not."""
    if _exists(owner):
        return
    try:
        with owner.transaction():
            owner.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(APPLICATION_ROLE)))
    except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        pass  # another database of this server was prepared at the same moment
    except psycopg.errors.InsufficientPrivilege:
        raise RoleMissing(_for_an_administrator(owner, "and we may not create it")) from None


def grant_application_role(owner: psycopg.Connection, login: str | None = None) -> None:
    """Lets a login, by default our own, become the application's role. Raises RoleMissing where we may not."""
    if login is None:
        if _can_become(owner):
            return
        login = owner.info.user
    try:
        with owner.transaction():
            owner.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(APPLICATION_ROLE), sql.Identifier(login)))
    except psycopg.errors.UndefinedObject:
        raise RoleMissing(f"There is no role {login!r} to grant {APPLICATION_ROLE} to.") from None
    except psycopg.errors.InsufficientPrivilege:
        raise RoleMissing(_for_an_administrator(owner, f"and we may not grant it to {login}", login)) from None


def become_application(connection: psycopg.Connection) -> None:
    """Goes on as the application's role. Raises RoleMissing where this login may not."""
    try:
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(APPLICATION_ROLE)))
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue):
        login = connection.info.user
        raise RoleMissing(
            f"{login} may not act as {APPLICATION_ROLE}. Run `onrecord migrate --grant-to {login}` as the database's owner."
        ) from None


def _exists(connection: psycopg.Connection) -> bool:
    return connection.execute("SELECT FROM pg_catalog.pg_roles WHERE rolname = %s", (APPLICATION_ROLE,)).rowcount == 1


def _can_become(connection: psycopg.Connection) -> bool:
    try:
        with connection.transaction():
            connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(APPLICATION_ROLE)))
            connection.execute("RESET ROLE")
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


def _for_an_administrator(connection: psycopg.Connection, why: str, login: str | None = None) -> str:
    create = "" if _exists(connection) else f"CREATE ROLE {APPLICATION_ROLE} NOLOGIN; "
    return (
        f"The application's role isn't ready, {why}. Let an administrator of the server run: "
        f"{create}GRANT {APPLICATION_ROLE} TO {login or connection.info.user};  Then run `onrecord migrate` again."
    )
