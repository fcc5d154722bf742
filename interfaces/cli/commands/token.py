"""onrecord token: makes a development token."""

from datetime import timedelta
from typing import Annotated

import typer

from interfaces.cli.console import DEFAULT_ORGANISATION, OrganisationName, fail
from interfaces.cli.somebody import somebody
from interfaces.http.tokens import DevelopmentIssuer
from interfaces.settings import load_settings


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(token)


def token(
    person: Annotated[str, typer.Option("--as", help="Who it speaks for: an id, a name, or part of a name.")],
    organisation: OrganisationName = DEFAULT_ORGANISATION,
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 30, help="How long it is valid.")] = 12,
) -> None:
    """Print a token that speaks for somebody, signed by the built-in development issuer.

    Only a server that runs with ONRECORD_DEV_ISSUER=1 and the same data directory accepts it.
    """
    settings = load_settings()
    if not settings.dev_issuer:
        fail("The development issuer is off.", "ONRECORD_DEV_ISSUER=1 turns it on; never where others can reach the server.")
    someone = somebody(settings, organisation, person)
    lifetime = timedelta(hours=hours)
    typer.echo(DevelopmentIssuer(settings.data_dir).issue(someone, organisation, lifetime))
