"""onrecord audit: verifies the sealed history, and shows the keys that it is sealed with."""

import asyncio
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from interfaces.bootstrap.ledger import Audit, audit_ledger, change_keys, export_ledger, prove, seal_now
from interfaces.cli.console import DEFAULT_ORGANISATION, OrganisationName, err, fail, out
from interfaces.settings import load_settings

audit = typer.Typer(no_args_is_help=True, help="Verify the sealed history, and see the keys that it is sealed with.")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(audit, name="audit")


@audit.command()
def verify(
    organisation: OrganisationName = DEFAULT_ORGANISATION,
    key: Annotated[list[str] | None, typer.Option(help="A key of the log from elsewhere; may be given several times.")] = None,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(help="A checkpoint that you kept: the log must begin with it. May be given several times."),
    ] = None,
    since_verified: Annotated[bool, typer.Option("--since-verified", help="Only what came after the last audit.")] = False,
    processes: Annotated[int | None, typer.Option(min=1, help="How many to use. Absent: one for each core.")] = None,
) -> None:
    """Hash every row anew and compare it with what was sealed and signed. Ends with 0 if all of it holds, else with 1.

    What is known outside the database is compared as well: the last checkpoint beside the signing keys, that of the last audit,
    and those that you give. Whatever is wrong is named, with its position.
    """
    asked = Audit(organisation, key or (), checkpoint or (), since_verified, processes)
    columns = (TextColumn("verifying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as shown:
        task = shown.add_task("", total=None)
        report = audit_ledger(load_settings(), asked, lambda done, of: shown.update(task, completed=done, total=of))
    for finding in report.findings:
        out.print(f"[bold red]wrong:[/] {finding.replace('[', chr(92) + '[')}", highlight=False, soft_wrap=True)
    if report.count > len(report.findings):
        out.print(f"… and {report.count - len(report.findings)} more")
    since = f", from {report.begin} on" if report.begin else ""
    seen = "".join(f"; {name} saw it up to {size}" for name, size in report.witnesses.items())
    purged = f", {report.purged} purged" if report.purged else ""
    told = f"{report.origin}: {report.sealed} positions sealed{since}, {report.unsealed} not yet{purged}{seen}"
    out.print(told, highlight=False, soft_wrap=True)
    out.print("[bold red]The history doesn't hold.[/]" if report.count else "[green]The history holds.[/]")
    if report.count:
        raise typer.Exit(1)


@audit.command()
def seal(organisation: OrganisationName = DEFAULT_ORGANISATION) -> None:
    """Seal all that is recorded now, without waiting for the next second."""
    size = asyncio.run(seal_now(load_settings(), organisation))
    out.print(f"{size} positions are sealed." if size else "The log is empty.")


@audit.command()
def proof(
    event: Annotated[UUID, typer.Argument(help="The event's id.")], organisation: OrganisationName = DEFAULT_ORGANISATION
) -> None:
    """Write an event's inclusion proof to standard output, for `onrecord-verify proof` (C2SP tlog-proof)."""
    text = asyncio.run(prove(load_settings(), organisation, event))
    if text is None:
        fail(f"No event {event} is sealed.", "Recorded a moment ago? `onrecord audit seal` seals it at once.")
    typer.echo(text, nl=False)


@audit.command()
def export(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")],
    organisation: OrganisationName = DEFAULT_ORGANISATION,
) -> None:
    """Write the whole sealed history as JSON Lines, for `onrecord-verify export`. What is encrypted stays so."""
    with file.open("xb") as lines:
        lines.writelines(export_ledger(load_settings(), organisation))
    out.print(f"Exported to {file}.", soft_wrap=True)


@audit.command()
def keys(
    organisation: OrganisationName = DEFAULT_ORGANISATION,
    add: Annotated[bool, typer.Option("--add", help="Make a further key; both sign until the older is retired.")] = False,
    retire: Annotated[bool, typer.Option("--retire", help="Let the newest key sign alone.")] = False,
) -> None:
    """Show the keys that checkpoints are verified with, for whoever is to check. The first column says which sign now."""
    if add and retire:
        raise typer.BadParameter("add a key, have it known to all who verify, and retire the older one later")
    change = (lambda ring: ring.with_new_key()) if add else (lambda ring: ring.with_newest_key_alone()) if retire else None
    ring = change_keys(load_settings(), organisation, change)
    signing = {key.verifier for key in ring.signing}
    for key in ring.verifiers:
        out.print(f"{'signs  ' if key in signing else 'retired'} {key}", highlight=False, soft_wrap=True)
    if change is not None:
        err.print("A running server signs with the change after its next start.")
