"""onrecord restore: fills an empty database from a backup, and says whether it is the history that was sealed last."""

from pathlib import Path
from typing import Annotated

import typer

from interfaces.bootstrap.backup import restore_backup
from interfaces.cli.console import out
from interfaces.settings import load_settings


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(restore)


def restore(file: Annotated[Path, typer.Argument(exists=True, help="A file that `onrecord backup` wrote.")]) -> None:
    """Restore a backup into an empty database, and compare its history with the last checkpoint known outside.

    Ends with 1 where events are missing that had been sealed and published when the backup was older; nothing is then sealed
    until an operator has decided.
    """
    wrong = False
    for organisation, report in restore_backup(load_settings(), file).items():
        for finding in report.findings:
            out.print(f"[bold red]{organisation}:[/] {finding.replace('[', chr(92) + '[')}", highlight=False, soft_wrap=True)
        state = "[bold red]not the history that was sealed last[/]" if report.count else "[green]as it was sealed last[/]"
        sealed = f"{report.sealed} positions sealed, {report.unsealed} not yet"
        out.print(f"{organisation}: restored, {state} ({sealed})", highlight=False, soft_wrap=True)
        wrong |= report.count > 0
    if wrong:
        raise typer.Exit(1)
