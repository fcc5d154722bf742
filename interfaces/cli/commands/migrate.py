"""onrecord migrate: prepares the database, or brings it to this release."""

from typing import Annotated

import typer

from interfaces.bootstrap import database, migrate_database
from interfaces.cli.console import DEFAULT_ORGANISATION, OrganisationName, out
from interfaces.settings import load_settings


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(migrate)


def migrate(
    organisation: OrganisationName = DEFAULT_ORGANISATION,
    grant_to: Annotated[
        list[str] | None,
        typer.Option(help="A login that may run the application; may be given several times. The one in use always may."),
    ] = None,
) -> None:
    """Prepare the database, or bring it to this release.

    Run it as the database's owner, with ONRECORD_DATABASE_URL naming that login. It makes the role onrecord_app, under which
    the application works; where the owner can't make roles, it says what an administrator has to run first. Run again, it
    changes nothing.
    """
    with database(load_settings()) as access:
        applied = migrate_database(access, organisation, grant_to or ())
    for migration in applied:
        out.print(f"{migration.schema}: {migration.number:04} {migration.name.replace('_', ' ')}", highlight=False)
    out.print(f"{len(applied)} applied; the database is up to date." if applied else "Nothing to do: the database is up to date.")
