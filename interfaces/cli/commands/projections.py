"""onrecord projections: the read models, for the operator."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from application.ports.codec import DamagedEvent, UnknownEvent
from application.ports.log import LogUnavailable
from interfaces.bootstrap.projections import PROJECTION_ERRORS, NoSuchModel, ReadModels, find_models, read_models
from interfaces.cli.console import DEFAULT_ORGANISATION, OrganisationName, err, fail, out
from interfaces.settings import load_settings
from projections.engine.members import Declared
from projections.engine.store import StoreUnavailable

T = TypeVar("T")
Names = Annotated[list[str] | None, typer.Argument(help="Read models by name, as in `messages`; left out, all of them.")]

WORKERS = 2

projections = typer.Typer(name="projections", no_args_is_help=True, help="Read models: where they stand, rebuilding, quarantine.")
quarantine = typer.Typer(name="quarantine", help="Events that could not be applied, and those behind them.")
projections.add_typer(quarantine)


def register(app: typer.Typer) -> None:
    """Adds the group of commands."""
    app.add_typer(projections)


@projections.command("list")
def list_models(organisation: OrganisationName = DEFAULT_ORGANISATION) -> None:
    """Show every read model: its version, how far it has come, how far behind it is, and how many events are held."""
    table = Table("Read model", "Version", "Position", "Behind", "Held")
    for one in _with(organisation, lambda found: found.standings()):
        behind = one.head - one.position
        table.add_row(one.model.name, str(one.model.version), str(one.position), str(behind), str(one.held))
    out.print(table)


@projections.command()
def rebuild(
    names: Names = None,
    organisation: OrganisationName = DEFAULT_ORGANISATION,
    compare: Annotated[bool, typer.Option(help="Say how what was rebuilt differs from what was live.")] = True,
    workers: Annotated[int, typer.Option(min=1, max=16, help="How many processes share a long history.")] = WORKERS,
) -> None:
    """Fold read models again from the first event, beside the live ones, and swap them in; the server goes on.

    Interrupted and run again, it continues. An event that can't be applied ends it, and the live tables stay as they are.
    """
    chosen = _chosen(names)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(f"{len(chosen)} read models", total=None)

        def told(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        differences = _with(organisation, lambda found: found.rebuild(chosen, told, compare=compare, workers=workers))
    out.print(f"Rebuilt: {', '.join(model.name for model in chosen)}.", highlight=False)
    for one in differences:
        out.print(f"{one.model}: {one.live_only} rows were live only, {one.rebuilt_only} are new.", highlight=False)
    if compare and not differences:
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
    out.print(f"{count} events applied.")


def _chosen(names: list[str] | None) -> list[Declared]:
    try:
        return find_models(names or ())
    except NoSuchModel as error:
        fail(str(error))


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
