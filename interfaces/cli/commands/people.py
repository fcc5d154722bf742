"""onrecord people: the first people of an organisation, and who administers it."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any, TypeVar

import typer
from pydantic import ValidationError

from application.ports.log import ClockJumped, LogUnavailable
from interfaces.bootstrap.newcomers import Newcomer, NotDone, add_person, appoint
from interfaces.cli.console import DEFAULT_ORGANISATION, OrganisationName, fail, out
from interfaces.cli.somebody import somebody
from interfaces.settings import load_settings

T = TypeVar("T")
people = typer.Typer(name="people", no_args_is_help=True, help="The first people of an organisation, and who administers it.")


def register(app: typer.Typer) -> None:
    """Adds the group of commands."""
    app.add_typer(people)


@people.command()
def add(
    name: Annotated[str, typer.Argument(help="What they are called, as they write it.")],
    email: Annotated[str | None, typer.Option(help="Where they get mail. The same address is the same person.")] = None,
    title: Annotated[str | None, typer.Option(help="What they are here: their position.")] = None,
    administrator: Annotated[bool, typer.Option("--administrator", help="Let them administer the whole organisation.")] = False,
    organisation: OrganisationName = DEFAULT_ORGANISATION,
) -> None:
    """Take somebody into the organisation, and print their id.

    Everybody after the first administrator can be added through the API, by people whom the rules allow it.
    """
    newcomer = Newcomer(name, email, title)
    person = _done(add_person(load_settings(), organisation, newcomer, administers=administrator))
    out.print(str(person), highlight=False)


@people.command("appoint")
def appoint_administrator(
    person: Annotated[str, typer.Argument(help="Who: an id, a name, or part of a name.")],
    organisation: OrganisationName = DEFAULT_ORGANISATION,
) -> None:
    """Let somebody who is there, for instance after an import, administer the whole organisation."""
    settings = load_settings()
    chosen = somebody(settings, organisation, person)
    _done(appoint(settings, organisation, chosen))
    out.print(f"{chosen} administers {organisation}.", highlight=False, soft_wrap=True)


def _done(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except NotDone as refused:
        fail(str(refused))
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_context=False, include_input=False)[0]
        fail(f"{first['loc'][0]}: {first['msg']}", code=2)
    except (LogUnavailable, ClockJumped) as error:
        fail(str(error) or "The database can't be reached.", "Run it again: with an address it is the same person.")
