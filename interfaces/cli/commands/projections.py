"""onrecord projections: the read models, for the operator."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from rich.table import Table

from application.ports.codec import DamagedEvent, UnknownEvent
from application.ports.log import LogUnavailable
from interfaces.bootstrap.projections import PROJECTION_ERRORS, NoSuchModel, ReadModels, find_models, read_models
from interfaces.cli.console import DEFAULT_ORGANISATION, OrganisationName, err, fail, out
from interfaces.cli.progress import shown
from interfaces.settings import load_settings
from projections.engine.members import Declared
from projections.engine.sets import together
from projections.engine.store import StoreUnavailable

T = TypeVar("T")
Names = Annotated[list[str] | None, typer.Argument(help="Read models by name, as in `messages`; left out, all of them.")]

WORKERS = 2
INTERRUPTED = 130

projections = typer.Typer(name="projections", no_args_is_help=True, help="Read models: where they stand, rebuilding, quarantine.")
quarantine = typer.Typer(name="quarantine", help="Events that could not be applied, and those behind them.")
projections.add_typer(quarantine)


def register(app: typer.Typer) -> None:
    """Adds the group of commands."""
    app.add_typer(projections)


@projections.command("list")
def list_models(organisation: OrganisationName = DEFAULT_ORGANISATION) -> None:
    """Show every read model: its version, how far it has come, how far behind it is, and how many events are held."""
    standings = _with(organisation, lambda found: found.standings())
    rebuilds = any(one.rebuilt is not None for one in standings)
    table = Table("Read model", "Version", "Position", "Behind", "Held", *(["Rebuilt to"] if rebuilds else []))
    for one in standings:
        where = ("-", "-") if one.position is None else (str(one.position), str(one.head - one.position))
        rebuilt = "" if one.rebuilt is None else str(one.rebuilt)
        table.add_row(one.model.name, str(one.model.version), *where, str(one.held), *([rebuilt] if rebuilds else []))
    out.print(table)
    if any(one.position is None for one in standings):
        err.print("Those without a position aren't filled yet: a running server does that (`onrecord up`).", highlight=False)


@projections.command()
def rebuild(
    names: Names = None,
    organisation: OrganisationName = DEFAULT_ORGANISATION,
    compare: Annotated[bool, typer.Option(help="Say how what was rebuilt differs from what was live.")] = True,
    workers: Annotated[int, typer.Option(min=1, max=16, help="How many processes share a long history.")] = WORKERS,
    upto: Annotated[
        int | None,
        typer.Option(min=1, help="Fold up to this position only, and compare with what the live rows' history says of it."),
    ] = None,
) -> None:
    """Fold read models again from the first event, beside the live ones, and swap them in; the server goes on.

    What is made of them is rebuilt with them. Interrupted and run again, it continues. An event that can't be applied ends it,
    and the live rows stay as they are; with `--upto` they do in any case.
    """
    chosen = together(_chosen(names))
    try:
        with shown(f"{len(chosen)} read model{'s' * (len(chosen) > 1)}", err) as (told, stage):
            differences = _with(
                organisation,
                lambda found: found.rebuild(chosen, told, stage, compare=compare, workers=workers, upto=upto),
            )
    except KeyboardInterrupt:
        err.print("Interrupted. Run it again: it goes on where it was.")
        sys.exit(INTERRUPTED)
    where = "" if upto is None else f" up to position {upto}; the live rows stay as they are"
    out.print(f"Rebuilt{where}: {', '.join(sorted(model.name for model in chosen))}.", highlight=False)
    for one in differences:
        only = f"{one.live_only} row{'s were' if one.live_only != 1 else ' was'} live only"
        out.print(f"{one.model}: {only}, {one.rebuilt_only} {'are' if one.rebuilt_only != 1 else 'is'} new.", highlight=False)
    if (compare or upto is not None) and not differences:
        out.print("The rows and their history are the same as before.")


@quarantine.callback(invoke_without_command=True)
def look(context: typer.Context, organisation: OrganisationName = DEFAULT_ORGANISATION) -> None:
    """Events that could not be applied, and those behind them: shown by itself, released by row."""
    if context.invoked_subcommand is None:
        list_held(organisation)


@quarantine.command("list")
def list_held(organisation: OrganisationName = DEFAULT_ORGANISATION) -> None:
    """Show the events that are held: of which row, and why."""
    table = Table("Read model", "Row", "Position", "Event", "Why")
    for one in _with(organisation, lambda found: found.held()):
        table.add_row(one.model, str(one.key), str(one.position), one.type, one.error or "waits behind another")
    out.print(table if table.row_count else "Nothing is in quarantine.")


@quarantine.command()
def release(
    model: Annotated[str, typer.Argument(help="The read model.")],
    row: Annotated[UUID, typer.Argument(help="The row's id.")],
    organisation: OrganisationName = DEFAULT_ORGANISATION,
) -> None:
    """Apply what is held of one row, after the reason was mended in a newer release."""
    [chosen] = _chosen([model])
    count = _with(organisation, lambda found: found.release(chosen, row))
    out.print(f"{count} event{'s' * (count != 1)} applied.")


def _chosen(names: list[str] | None) -> list[Declared]:
    try:
        return find_models(names or ())
    except NoSuchModel as error:
        fail(str(error), "`onrecord projections list` shows all of them.")


def _with(organisation: str, work: Callable[[ReadModels], Awaitable[T]]) -> T:
    async def run() -> T:
        async with read_models(load_settings(), organisation) as found:
            return await work(found)

    try:
        return asyncio.run(run())
    except PROJECTION_ERRORS as error:
        fail(str(error))
    except (UnknownEvent, DamagedEvent) as error:
        fail(str(error), "The live tables are as they were.")
    except (StoreUnavailable, LogUnavailable):
        fail("The database can't be reached.", "Run it again: it goes on where it was.")
