"""onrecord import: brings in the organisation, or a history from elsewhere with its original authors and times."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from application.bulk import KeyWithheld
from application.imports.bring import Report, survey
from application.imports.errors import ImportRefused
from application.imports.history import History
from application.imports.records.record import NotTaken
from application.ports.log import ClockJumped, LogUnavailable
from interfaces.bootstrap.imports import bring, mattermost_export, slack_export
from interfaces.cli.console import DEFAULT_ORGANISATION, OrganisationName, err, fail, out
from interfaces.cli.imports.people import people, revert
from interfaces.settings import load_settings

SHOWN = 40
"""How many things that are missing are shown one by one; --report has them all."""
KINDS = {
    "Person": "people",
    "Channel": "channels",
    "Said": "messages",
    "Reply": "… of which replies in threads",
    "File": "files (their metadata)",
    "Reacted": "reactions",
    "Edited": "edits",
    "Retracted": "retractions",
    "Pinned": "pins",
    "Noticed": "notices on top",
    "Polled": "polls",
    "Chosen": "answers in polls",
    "Announcing": "channels for announcements",
    "Joined": "members who came",
    "Left": "members who went",
    "Renamed": "new names of channels",
    "Described": "topics",
    "Archived": "channels archived or reopened",
}

imports = typer.Typer(no_args_is_help=True, help="Bring in the organisation, or a history from elsewhere.")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(imports, name="import")


@imports.callback()
def _group() -> None:
    """Bring a history from elsewhere, with its original authors and times."""


imports.command()(people)
imports.command()(revert)


@imports.command()
def slack(
    path: Annotated[Path, typer.Argument(help="The zip file that Slack exported, or a folder with what is in it.")],
    organisation: OrganisationName = DEFAULT_ORGANISATION,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be taken, and what not.")] = False,
    report: Annotated[Path | None, typer.Option(help="A file to write all to that isn't taken, as JSON Lines.")] = None,
) -> None:
    """Import a Slack export. Told again, it adds only what is new; interrupted, it goes on where it was.

    Ends with 0 even if single things can't be taken (they are listed by file and line), and with 1 if the export is refused
    or a file of it can't be read to its end.
    """
    _import(slack_export, path, organisation, report, dry_run=dry_run)


@imports.command()
def mattermost(
    path: Annotated[Path, typer.Argument(help="A bulk export: the archive, the folder, or the file of JSON Lines in it.")],
    organisation: OrganisationName = DEFAULT_ORGANISATION,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be taken, and what not.")] = False,
    report: Annotated[Path | None, typer.Option(help="A file to write all to that isn't taken, as JSON Lines.")] = None,
) -> None:
    """Import a bulk export of Mattermost. Told again, it adds only what is new; interrupted, it goes on where it was.

    Ends with 0 even if single lines can't be taken (they are listed), and with 1 if the export is refused.
    """
    _import(mattermost_export, path, organisation, report, dry_run=dry_run)


def _import(opened: Callable[[Path], History], path: Path, organisation: str, report: Path | None, *, dry_run: bool) -> None:
    try:
        with closing(opened(path)) as history:
            found = _shown(history, organisation, dry_run=dry_run)
    except ImportRefused as refused:
        fail(str(refused), "Nothing is half done: what was recorded before is complete, and the import can be run again.")
    except (LogUnavailable, ClockJumped, KeyWithheld) as error:
        fail(str(error) or "The database can't be reached.", "Run the import again: it goes on where it was.")
    if report is not None:
        report.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in found.not_taken))
    _summary(found, dry_run=dry_run)
    if any(each.broken for each in found.not_taken):
        raise typer.Exit(1)


def _shown(history: History, organisation: str, *, dry_run: bool) -> Report:
    """Imports with a progress bar."""
    columns = (TextColumn("reading" if dry_run else "importing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as shown:
        task = shown.add_task("", total=history.total)

        def told(_: Report) -> None:
            shown.update(task, completed=history.done)

        if dry_run:
            return survey(history, told)
        return asyncio.run(bring(load_settings(), organisation, history, told))


def _summary(report: Report, *, dry_run: bool) -> None:
    table = Table("", "would be taken" if dry_run else "taken")
    table.columns[1].justify = "right"
    for kind, name in KINDS.items():
        if count := report.taken[kind]:
            table.add_row(name, f"{count:,}")
    out.print(table)
    if not dry_run:
        out.print(f"{report.events:,} events are new." if report.events else "Everything was there already.", highlight=False)
    _missing(report.lost)
    for reason, count in Counter(each.reason for each in report.not_taken if not each.lost).most_common():
        out.print(f"{count:,} ×: {_plain(reason)}", highlight=False, soft_wrap=True)


def _missing(lost: list[NotTaken]) -> None:
    if lost:
        out.print(f"[bold]{len(lost):,} not taken:[/]", highlight=False)
    for each in lost[:SHOWN]:
        out.print(f"  {_plain(str(each.place))}: {_plain(each.reason)}", highlight=False, soft_wrap=True)
    if len(lost) > SHOWN:
        out.print(f"  … and {len(lost) - SHOWN:,} more: --report FILE writes all of them.", highlight=False)


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in text[:300]).replace("[", r"\[")
