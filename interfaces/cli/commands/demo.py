"""onrecord demo: the server with a sample company in it."""

from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn

from interfaces.bootstrap.database import remove_data
from interfaces.bootstrap.process import Process
from interfaces.bootstrap.samples import GUIDES, VISITORS, bring_sample, sample_company, say_todays_notes
from interfaces.cli.commands.up import serve
from interfaces.cli.console import DEFAULT_ORGANISATION, err, fail, out
from interfaces.settings import load_settings

LEVEL = 120.0
"""Seconds that the read models have to show the sample."""


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(demo)


def demo(
    reset: Annotated[bool, typer.Option("--reset", help="Remove the demo's data and end.")] = False,
) -> None:
    """Run the server with a sample company: eight weeks of talk in Chinese and English, with its original times.

    It takes the wanted port or the next free one, makes development tokens, and keeps its data in the data directory: a second
    run goes on with it.
    """
    settings = load_settings(dev_issuer=True)
    if settings.database_url is not None:
        fail("The demo has a database of its own.", "Unset ONRECORD_DATABASE_URL.")
    if reset:
        removed = remove_data(settings)
        out.print(
            f"{settings.data_dir} is removed." if removed else "There was nothing to remove.", highlight=False, soft_wrap=True
        )
        return
    serve(settings, DEFAULT_ORGANISATION, _announce, prepare=_bring, exactly=False)


async def _bring(process: Process) -> None:
    served, sample = process.organisations[DEFAULT_ORGANISATION], sample_company()
    columns = (TextColumn("{task.description}"), BarColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("sample company", total=sample.total)

        position = await bring_sample(served.organisation, sample, lambda _: progress.update(task, completed=sample.done))
        progress.update(task, description="read models", total=None)
        await served.level(position, LEVEL)
    await say_todays_notes(served.organisation)


def _announce(url: str, process: Process) -> None:
    issuer = process.issuer
    if issuer is None:
        fail("The demo needs the development issuer.")
    out.print(f"\nOpen [bold]{url}[/] and paste one of these tokens, valid for 12 hours:\n", highlight=False, soft_wrap=True)
    for guide in (*GUIDES, *VISITORS):
        out.print(f"[bold]{guide.name}[/], {guide.sees}", highlight=False, soft_wrap=True)
        typer.echo(f"{issuer.issue(guide.person, DEFAULT_ORGANISATION)}\n")
    out.print(
        "For somebody else: onrecord token --as NAME, with ONRECORD_DEV_ISSUER=1. Ctrl-C ends the demo.",
        highlight=False,
        soft_wrap=True,
    )
    typer.echo(f"READY {url}")
