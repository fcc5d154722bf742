"""onrecord health: whether everything that the server needs is there."""

import typer
from rich.table import Table

from interfaces.cli.console import out
from interfaces.health import Finding, examine
from interfaces.settings import load_settings


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(health)


def health() -> None:
    """Show whether everything that the server needs is there. Ends with 0 if so, else with 1."""
    findings = examine(load_settings())
    out.print(_table(findings))
    if any(finding.state == "failed" for finding in findings):
        raise typer.Exit(1)


_MARKS = {"good": "[green]good[/]", "failed": "[bold red]failed[/]", "unused": "[dim]not used[/]"}


def _table(findings: list[Finding]) -> Table:
    table = Table("What", "State", "Detail")
    for finding in findings:
        table.add_row(finding.what, _MARKS[finding.state], finding.detail)
    return table
