"""onrecord backup: the whole database as one file."""

from pathlib import Path
from typing import Annotated

import typer

from interfaces.bootstrap.backup import make_backup
from interfaces.cli.console import out
from interfaces.settings import load_settings


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(backup)


def backup(file: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")]) -> None:
    """Back the database up as of one moment, with pg_dump, while it is in use.

    The key file and the ledger's folder beside it are not in it. Keep copies of those elsewhere: without the keys nothing
    personal can be read, and without the ledger's folder nothing tells an old copy from the newest.
    """
    settings = load_settings()
    make_backup(settings, file)
    out.print(f"Backed up to {file}. Not in it: {settings.keys} and {settings.keys.parent / 'ledger'}.", soft_wrap=True)
