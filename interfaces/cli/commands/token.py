"""onrecord token: makes a development token."""

from datetime import timedelta
from typing import Annotated

import typer

from domain.kernel.identifiers import PersonId
from interfaces.bootstrap import database
from interfaces.bootstrap.people import SomebodyFound, find_people
from interfaces.cli.console import DEFAULT_ORGANISATION, OrganisationName, fail, out
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
    with database(settings) as access:
        someone = _only(person, find_people(access, organisation, person))
    lifetime = timedelta(hours=hours)
    typer.echo(DevelopmentIssuer(settings.data_dir).issue(PersonId(someone.id), organisation, lifetime))


def _only(said: str, found: list[SomebodyFound]) -> SomebodyFound:
    if not found:
        fail(f"Nobody is called {said}.", "`--as` takes an id, a name, or part of a name.")
    if len(found) > 1:
        for one in found:
            out.print(f"{one.id}  {one.name}", highlight=False)
        fail(f"{len(found)} people fit {said}.", "Say which one by the id.")
    return found[0]
