"""onrecord docs: writes the generated pages of the reference."""

from pathlib import Path
from typing import Annotated

import typer

from interfaces.cli.console import out


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(docs)


def docs(
    folder: Annotated[Path, typer.Option(help="Where to write them.")] = Path("docs/reference"),
) -> None:
    """Write the pages of the reference that are made from the program itself."""
    from interfaces.reference import PAGES, write_pages  # imports every command, this one too

    changed = write_pages(folder)
    for name in changed:
        out.print(f"{folder / name}", highlight=False)
    out.print(f"{len(PAGES)} pages, {len(changed)} changed.", highlight=False)
