"""onrecord events: looks at the history. Personal values stay sealed here: who may read them reads them through the API."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

import msgspec
import typer
from rich.json import JSON
from rich.table import Table

from application.envelope import moment
from application.ports.log import LogReader, Row
from interfaces.bootstrap import database
from interfaces.bootstrap.history import open_history
from interfaces.cli.console import DEFAULT_ORGANISATION, OrganisationName, fail, out
from interfaces.settings import load_settings

PAGE = 500
WAIT = 10.0

events = typer.Typer(name="events", no_args_is_help=True, help="Look at the history, with personal values sealed.")


def register(app: typer.Typer) -> None:
    """Adds the group of commands."""
    app.add_typer(events)


@events.command()
def tail(
    organisation: OrganisationName = DEFAULT_ORGANISATION,
    number: Annotated[int, typer.Option("--number", "-n", min=0, help="How many of the last events to begin with.")] = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as events are recorded, until interrupted.")] = False,
) -> None:
    """Show the last events, a line each: position, when, what, in which stream, by whom."""

    async def run() -> None:
        with database(load_settings()) as access:
            async with open_history(access, organisation) as reader:
                async for row in _last(reader, number, follow=follow):
                    out.print(_line(row), highlight=False, soft_wrap=True)

    asyncio.run(run())


@events.command()
def show(
    position: Annotated[int, typer.Argument(min=1, help="The event's position.")],
    organisation: OrganisationName = DEFAULT_ORGANISATION,
) -> None:
    """Show one event with everything that the log says about it."""

    async def run() -> Row | None:
        with database(load_settings()) as access:
            async with open_history(access, organisation) as reader:
                return next(iter(await reader.read(position - 1, 1)), None)

    row = asyncio.run(run())
    if row is None:
        fail(f"The log has no position {position}.")
    table = Table("Column", "Value", show_header=False, box=None)
    for name, value in _columns(row):
        table.add_row(f"[bold]{name}[/]", value)
    out.print(table)
    for name, content in (("context", row.context), ("payload", row.payload)):
        out.print(f"[bold]{name}[/]")
        out.print(JSON.from_data(_without_boxes(msgspec.json.decode(content))) if content else "purged")


async def _last(reader: LogReader, number: int, *, follow: bool) -> AsyncIterator[Row]:
    position = max(0, await reader.head() - number)
    while True:
        while rows := await reader.read(position, PAGE):
            for row in rows:
                yield row
            position = rows[-1].position
        if not follow:
            return
        await reader.wait(position, WAIT)


def _line(row: Row) -> str:
    when = moment(row.recorded_at).isoformat(sep=" ", timespec="milliseconds")
    return f"[bold]{row.position:>9}[/]  {when}  [cyan]{row.type}[/]  {row.stream}  {row.actor or '—'}"


def _columns(row: Row) -> Iterator[tuple[str, str]]:
    for name, value in zip(Row._fields, row, strict=True):
        if name in ("recorded_at", "effective_at") and isinstance(value, int):
            yield name, moment(value).isoformat(sep=" ")
        elif name not in ("context", "payload", "salt"):
            yield name, "—" if value is None else str(value)


def _without_boxes(value: Any) -> Any:
    """The JSON with its sealed values told short."""
    if isinstance(value, list):
        return [_without_boxes(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("is") == "sealed":
        return f"sealed under {value['key']}"
    return {name: _without_boxes(one) for name, one in value.items()}
