"""onrecord erase: makes unreadable what belongs to a person, for ever."""

import asyncio
from typing import Annotated, get_args
from uuid import UUID

import typer

from application.ports.log import ClockJumped, LogUnavailable
from domain.compliance.events import ErasureGround
from interfaces.bootstrap.erasing import erase_person
from interfaces.cli.console import DEFAULT_ORGANISATION, OrganisationName, fail, out
from interfaces.settings import load_settings

GROUNDS: tuple[ErasureGround, ...] = get_args(ErasureGround)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(erase)


def erase(
    person: Annotated[UUID, typer.Argument(help="The person's id.")],
    ground: Annotated[str, typer.Option(help=f"Why: {', '.join(GROUNDS)}.")],
    organisation: OrganisationName = DEFAULT_ORGANISATION,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask whether this is meant.")] = False,
) -> None:
    """Destroy the keys of a person: what they wrote and what is known of them becomes unreadable, for ever.

    The events that say so stay in the log, and its proofs stay valid. Read models follow as soon as a server runs. Suspend the
    person first: whoever goes on writing gets new keys. Interrupted and run again, it goes on.
    """
    chosen = next((each for each in GROUNDS if each == ground), None)
    if chosen is None:
        fail(f"--ground {ground} is not known.", f"It is one of {', '.join(GROUNDS)}.", code=2)
    if not yes:
        typer.confirm(f"Make everything of {person} in {organisation} unreadable, for ever?", abort=True)
    try:
        done = asyncio.run(erase_person(load_settings(), organisation, person, chosen))
    except (LogUnavailable, ClockJumped) as error:
        fail(str(error) or "The database can't be reached.", "Run it again: it goes on where it was.")
    for key, refusal in done.kept.items():
        out.print(f"key {key} stays: {type(refusal).__name__}", highlight=False)
    if not done.destroyed and not done.kept:
        out.print("There are no keys of this person: nothing of theirs is stored, or it was erased before.", highlight=False)
        return
    out.print(f"{len(done.destroyed)} keys destroyed, up to position {done.position}.", highlight=False)
    if done.kept:
        raise typer.Exit(1)
