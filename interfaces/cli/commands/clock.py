"""onrecord clock: agrees to the database's clock after it jumped."""

import asyncio
import getpass
from typing import Annotated

import typer

from interfaces.bootstrap.clock import agree
from interfaces.cli.console import DEFAULT_ORGANISATION, OrganisationName, out
from interfaces.settings import load_settings

clock = typer.Typer(name="clock", no_args_is_help=True, help="The clock of the log, which doesn't jump unnoticed.")


def register(app: typer.Typer) -> None:
    """Adds the group of commands."""
    app.add_typer(clock)


@clock.callback()
def _group() -> None:
    """The clock of the log, which doesn't jump unnoticed."""


@clock.command("agree")
def agree_to_clock(
    reason: Annotated[str, typer.Option(help="Why the clock is right now. It is kept for auditors.")],
    organisation: OrganisationName = DEFAULT_ORGANISATION,
    by: Annotated[str | None, typer.Option(help="Who agrees; left out, the user of this terminal.")] = None,
) -> None:
    """Agree to the database's clock after it jumped by more than five minutes, or while it lags behind the log.

    Until then nothing is recorded. Look at the clock first: what it shows is recorded for ever.
    """
    who = by or getpass.getuser()
    asyncio.run(agree(load_settings(), organisation, who, reason))
    out.print(f"{who} agreed. The writers go on by themselves.", highlight=False)
