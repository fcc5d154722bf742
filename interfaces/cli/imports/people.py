"""onrecord import people, onrecord import revert: the organisation from a table, as one act, and back."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Annotated, NoReturn
from uuid import UUID

import msgspec
import typer
from rich.progress import Progress, SpinnerColumn, TextColumn

from application.bulk import Contested, KeyWithheld
from application.imports.errors import ImportRefused
from application.imports.people.faults import Faulty
from application.imports.people.footing import NotReverted
from application.imports.people.writing import NotAllowed
from application.ports.log import AppendRejected, ClockJumped, LogUnavailable
from interfaces.bootstrap import people_imports
from interfaces.bootstrap.people_imports import Options
from interfaces.cli.console import DEFAULT_ORGANISATION, OrganisationName, err, fail, out
from interfaces.cli.imports.difference import show, show_faults
from interfaces.cli.somebody import somebody
from interfaces.settings import load_settings

EXPECTED_HERE = (NotAllowed, NotReverted, Contested, KeyWithheld, AppendRejected, LogUnavailable, ClockJumped)


def people(
    path: Annotated[Path, typer.Argument(help="The table: a CSV file in any usual encoding, or a workbook (XLSX).")],
    by: Annotated[str | None, typer.Option(help="Who does it: a primary administrator, by id or name.")] = None,
    organisation: OrganisationName = DEFAULT_ORGANISATION,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show the difference.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    columns: Annotated[
        list[str] | None, typer.Option(help="A column that isn't understood by itself, as FIELD=HEADER; may be repeated.")
    ] = None,
    mapping: Annotated[Path | None, typer.Option(help="A JSON file of such columns: an object of headers by field.")] = None,
    keep_absent: Annotated[bool, typer.Option("--keep-absent", help="Let whoever isn't in the table stay.")] = False,
    undo_days: Annotated[int, typer.Option(help="For how many days offboarding leavers can be undone.", min=0, max=366)] = 30,
    lock_seconds: Annotated[float, typer.Option(help="For how long nothing else may be written, at most.", min=1, max=120)] = 5,
    sheet: Annotated[str | None, typer.Option(help="The sheet of a workbook; left out, the first one.")] = None,
    errors: Annotated[Path | None, typer.Option(help="A CSV file to write all that is wrong to, by row.", dir_okay=False)] = None,
) -> None:
    """Bring in the whole organisation from a table of its people, as one act: all of it or, if anything is wrong, nothing.

    The same table twice changes nothing. Whoever isn't in it any more is offboarded, never deleted. Prints the act's id, by
    which it can be taken back: `onrecord import revert ID`.
    """
    if not dry_run and by is None:
        fail("Say who does it, with --by.", "A dry run needs nobody: --dry-run.", code=2)
    settings = load_settings()
    given = _columns(columns or [], mapping)
    options = Options(given, not keep_absent, timedelta(days=undo_days), lock_seconds)
    try:
        table = people_imports.table(path, sheet)
        spinning = SpinnerColumn(), TextColumn("{task.description}")
        with Progress(*spinning, console=err, transient=True, disable=not err.is_terminal) as shown:
            task = shown.add_task("reading")

            def told(what: str, done: int, _: int) -> None:
                shown.update(task, description=f"{what} {done:,}" if done else what)

            if dry_run or by is None:
                difference = asyncio.run(people_imports.compare(settings, organisation, table, options, told))
            else:
                person = somebody(settings, organisation, by)
                difference = asyncio.run(people_imports.apply(settings, organisation, table, options, person, told))
    except Faulty as faulty:
        show_faults(faulty, errors, json=json)
    except ImportRefused as refused:
        fail(str(refused))
    except EXPECTED_HERE as error:
        _failed(error)
    show(difference, json=json, dry_run=dry_run)


def revert(
    act: Annotated[UUID, typer.Argument(help="The id that `onrecord import people` printed.")],
    by: Annotated[str, typer.Option(help="Who does it: a primary administrator, by id or name.")],
    organisation: OrganisationName = DEFAULT_ORGANISATION,
    lock_seconds: Annotated[float, typer.Option(help="For how long nothing else may be written, at most.", min=1, max=120)] = 5,
) -> None:
    """Take an import of people back: all that it changed becomes as it was, as one act that is on record itself.

    What was changed otherwise since refuses it. Whom the import brought in leaves; the history keeps both acts.
    """
    settings = load_settings()
    person = somebody(settings, organisation, by)
    try:
        count = asyncio.run(people_imports.revert(settings, organisation, act, person, lock_seconds))
    except EXPECTED_HERE as error:
        _failed(error)
    out.print(f"{count:,} people, departments and places are as before.", highlight=False)


def _columns(pairs: list[str], mapping: Path | None) -> dict[str, str]:
    given: dict[str, str] = {}
    if mapping is not None:
        try:
            given = msgspec.json.decode(mapping.read_bytes(), type=dict[str, str])
        except (OSError, msgspec.MsgspecError) as wrong:
            fail(f"{mapping}: {wrong}", 'It is an object of headers by field: {"manager": "Reports to"}.', code=2)
    for pair in pairs:
        field, equals, header = pair.partition("=")
        if not (equals and header):
            fail(f"{pair} isn't FIELD=HEADER.", code=2)
        given[field.strip()] = header.strip()
    return given


def _failed(error: Exception) -> NoReturn:
    fail(str(error) or type(error).__name__, "Nothing was changed.")
