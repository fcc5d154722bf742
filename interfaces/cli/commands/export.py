"""onrecord export: writes a conversation to a file, for whom a case opens it."""

import asyncio
from pathlib import Path
from typing import Annotated, BinaryIO
from uuid import UUID

import typer

from application.ports.log import ClockJumped, LogUnavailable
from domain.kernel.identifiers import PersonId
from interfaces.bootstrap.exports import Asked, NotAnswered, conversation
from interfaces.cli.console import DEFAULT_ORGANISATION, OrganisationName, err, fail
from interfaces.cli.somebody import somebody
from interfaces.graphql.ids import read_id
from interfaces.settings import Settings, load_settings

export = typer.Typer(no_args_is_help=True, help="Write what was said to a file, on record as every reading under a case is.")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(export, name="export")


@export.callback()
def _group() -> None:
    """Write what was said to a file, on record as every reading under a case is."""


@export.command()
def mattermost(
    channel: Annotated[str, typer.Argument(help="The channel's id.")],
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")],
    case: Annotated[str, typer.Option(help="The id of the case that opens the channel.")],
    auditor: Annotated[str, typer.Option("--by", help="The auditor who reads: an id, a name, or part of a name.")],
    position: Annotated[
        int | None, typer.Option("--as-of", min=1, help="The position as of which; left out, as it is now.")
    ] = None,
    organisation: OrganisationName = DEFAULT_ORGANISATION,
) -> None:
    """Write a conversation as a bulk export of Mattermost (JSON Lines), which `onrecord import mattermost` takes as well.

    It holds what the case opens: messages with their threads, earlier words, reactions, pins, and what is known of files. Every
    page of it is on record as read by the auditor before it is written; what was erased isn't in it.
    """
    settings = load_settings()
    asked = Asked(_id(channel, "Channel"), _id(case, "Case"), PersonId(somebody(settings, organisation, auditor)), position)
    try:
        with file.open("xb") as written:
            number = asyncio.run(_write(settings, organisation, asked, written))
    except FileExistsError:
        fail(f"{file} is there already.", "Name a file that doesn't exist yet.")
    except NotAnswered as refused:
        file.unlink()
        fail(f"{refused} ({refused.code})", "The auditor needs the right case.read and a case that is open to them.")
    except (LogUnavailable, ClockJumped) as error:
        file.unlink()
        fail(str(error) or "The database can't be reached.", "Run it again.")
    except BaseException:
        file.unlink()  # half a conversation looks like a whole one
        raise
    err.print(f"{number:,} lines written to {file}.", highlight=False, soft_wrap=True)


async def _write(settings: Settings, organisation: str, asked: Asked, file: BinaryIO) -> int:
    """How many lines were written."""
    number = 0
    async for line in conversation(settings, organisation, asked):
        file.write(line)
        number += 1
    return number


def _id(text: str, kind: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        found = read_id(text)
    if found is None or found.type != kind:
        fail(f"{text} is no id of a {kind}.", "The API shows them as `id`; a UUID is taken as well.", code=2)
    return found.key
