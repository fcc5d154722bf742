"""What an import of people changes, or what is wrong with its table: on a terminal, as JSON, and in a file."""

import csv
import sys
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

import msgspec
from rich.table import Table

from application.imports.people.faults import Faults, Faulty
from interfaces.bootstrap.people_imports import Difference
from interfaces.cli.console import fail, out

SHOWN, LISTED = 40, 1_000
"""How many people, and how many faults, are shown one by one on a terminal, and in JSON."""
TURNS = {"joins": "join", "moves": "move", "changes": "change otherwise", "leaves": "leave, and are offboarded"}


class Shown(msgspec.Struct):
    """A difference or its faults, as --json has them."""

    rows: int = 0
    counts: dict[str, int] = {}
    departments: int = 0
    posts: dict[str, int] = {}
    events: int = 0
    act: UUID | None = None
    people: list[dict[str, Any]] = []
    faults: list[dict[str, Any]] = []
    fault_count: int = 0
    fault_rows: int = 0
    fault_kinds: list[dict[str, Any]] = []
    ignored_columns: list[str] = []


def show(difference: Difference, *, json: bool, dry_run: bool) -> None:
    """What applying a table changes, or would."""
    if json:
        counts = {turn: difference.counts[turn] for turn in TURNS}  # type: ignore[index]  # the keys of TURNS are its turns
        said = [each._asdict() for each in difference.said]
        posts = {
            "opened": difference.counts["opens"],
            "assigned": difference.posts["assigned"],
            "withdrawn": difference.posts["withdrawn"],
        }
        shown = Shown(
            rows=difference.rows,
            counts=counts,
            departments=difference.departments,
            posts=posts,
            events=difference.events,
            act=difference.act,
            people=said,
            ignored_columns=difference.ignored,
        )
        _write(shown)
        return
    table = Table("", "would" if dry_run else "do")
    table.columns[1].justify = "right"
    for turn, word in TURNS.items():
        table.add_row(word, f"{difference.counts[turn]:,}")  # type: ignore[index]  # as above
    table.add_row("departments new or changed", f"{difference.departments:,}")
    table.add_row("posts opened", f"{difference.counts['opens']:,}")
    table.add_row("posts assigned, withdrawn", f"{difference.posts['assigned']:,}, {difference.posts['withdrawn']:,}")
    out.print(table)
    for each in difference.said[:SHOWN]:
        place = f"row {each.row}" if each.row else "not in the table"
        out.print(f"  {each.turn} {plain(each.name)} ({place}): {', '.join(each.what)}", highlight=False, soft_wrap=True)
    if len(difference.said) > SHOWN:
        out.print(f"  … and {sum(difference.counts.values()) - SHOWN:,} more", highlight=False)
    if difference.ignored:
        out.print(f"Not understood, and passed over: {plain(', '.join(difference.ignored))}", highlight=False, soft_wrap=True)
    if not difference.events:
        out.print("Everything is so already.")
    elif difference.act is not None:
        out.print(f"Done as one act: {difference.act}", highlight=False, soft_wrap=True)


def show_faults(faulty: Faulty, errors: Path | None, *, json: bool) -> NoReturn:
    """What is wrong with a table: how much of which kind, the first of it by row, and all of it in a file; ends the program."""
    faults = faulty.faults
    if errors is not None:
        _save(faults, errors)
    kinds = sorted(faults.kinds.items(), key=lambda each: -each[1])
    if json:
        most = [fault._asdict() for fault in faults.by_row()[:LISTED]]
        by_kind = [{"column": column, "kind": kind, "count": count} for (column, kind), count in kinds]
        _write(Shown(faults=most, fault_count=faults.count, fault_rows=len(faults.rows), fault_kinds=by_kind))
        sys.exit(1)
    table = Table("row", "column", "what is wrong")
    for fault in faults.by_row()[:SHOWN]:
        table.add_row(str(fault.row), plain(fault.column), plain(fault.problem))
    out.print(table)
    if faults.count > SHOWN:
        summary = Table("column", "of this kind", "faults")
        summary.columns[2].justify = "right"
        for (column, kind), count in kinds:
            summary.add_row(plain(column), kind, f"{count:,}")
        out.print(summary)
    where = f"All of it is in {errors}." if errors else "--errors FILE writes all of it to a CSV file."
    more = f", of which {SHOWN} are shown" if faults.count > SHOWN else ""
    fail(f"{faulty}{more}.", f"Nothing was changed. {where}")


def _save(faults: Faults, path: Path) -> None:
    """With a mark of its encoding, and no cell that a spreadsheet would take for a formula."""
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("row", "column", "kind", "what is wrong"))
            rows.writerows((each.row, _cell(each.column), each.kind, _cell(each.problem)) for each in faults.by_row())
            if faults.count > len(faults.listed):
                rows.writerow(("", "", "", f"and {faults.count - len(faults.listed):,} more, which are only counted"))
    except OSError as error:
        fail(f"{path}: {error.strerror}", "Name a file that can be written.", code=2)


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _write(shown: Shown) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(shown), indent=2).decode() + "\n")


def plain(text: str) -> str:
    """Text of the table as it may be shown on a terminal."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text[:300]).replace("[", r"\[")
