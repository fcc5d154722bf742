"""Backup and restore with PostgreSQL's own pg_dump and pg_restore, as one consistent file."""

import subprocess
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from infra.postgres.access import connect_as_owner
from infra.postgres.embedded.binaries import find_binaries
from infra.postgres.errors import DatabaseUnusable
from infra.postgres.roles import ensure_application_role, grant_application_role


class BackupFailed(DatabaseUnusable):
    """PostgreSQL's program ended with an error; the text is its own."""


def backup(owner: str, file: Path) -> None:
    """Writes the whole database, as of one moment, to a file that must not exist yet. Raises BackupFailed."""
    if file.exists():
        raise BackupFailed(f"{file} exists already. A backup doesn't replace another.")
    unfinished = file.with_name(f"{file.name}.unfinished")
    _run("pg_dump", owner, "--format=custom", f"--file={unfinished}")
    unfinished.rename(file)


def restore(owner: str, file: Path) -> None:
    """Fills an empty database from a backup, all or nothing. Raises BackupFailed."""
    with connect_as_owner(owner) as connection:
        if _in_use(connection):
            raise BackupFailed("There is something in this database already. Restore into an empty one.")
        ensure_application_role(connection)
        grant_application_role(connection)
    _run("pg_restore", owner, "--single-transaction", "--exit-on-error", "--no-owner", str(file))


def _in_use(connection: psycopg.Connection) -> bool:
    found = connection.execute("SELECT FROM pg_namespace WHERE nspname = 'onrecord' OR nspname LIKE 'org\\_%'")
    return found.rowcount > 0


def _of_the_server(conninfo: str) -> Path:
    """The programs of the server's own version: what newer ones write, older servers and programs don't take."""
    with connect_as_owner(conninfo) as connection:
        major = connection.info.server_version // 10_000
    found, debian = find_binaries(), Path(f"/usr/lib/postgresql/{major}/bin")
    folder = found.folder if found.major == major else debian
    if not (folder / "pg_dump").exists():
        raise BackupFailed(
            f"The server is PostgreSQL {major}: install its programs, and name their folder in ONRECORD_POSTGRES_BIN."
        )
    return folder


def _run(program: str, conninfo: str, *options: str) -> None:
    """The password, if there is one, goes through the environment and not into the list of processes."""
    parts = {name: str(value) for name, value in conninfo_to_dict(conninfo).items() if value is not None}
    password = parts.pop("password", None)
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"} | ({"PGPASSWORD": password} if password else {})
    dbname = psycopg.conninfo.make_conninfo("", **parts)
    words = [str(_of_the_server(conninfo) / program), f"--dbname={dbname}", *options]
    ended = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)
    if ended.returncode:
        raise BackupFailed(f"{program}: {ended.stderr.strip()}")
