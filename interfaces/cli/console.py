"""How the program speaks on a terminal: results on standard output, everything else on standard error."""

import os
import sys
from typing import Annotated, NoReturn

import typer
from rich.console import Console

out = Console()
err = Console(stderr=True)

OrganisationName = Annotated[str, typer.Option("--organisation", help="The organisation that is meant.")]
"""The option that every command about one organisation takes; its default is `DEFAULT_ORGANISATION`."""
DEFAULT_ORGANISATION = "main"


def fail(message: str, hint: str | None = None, *, code: int = 1) -> NoReturn:
    """Says what is wrong, and what helps, and ends the program with this code."""
    err.print(f"[bold red]error:[/] {_plain(message)}", highlight=False, soft_wrap=True)
    if hint:
        err.print(f"[bold]hint:[/]  {_plain(hint)}", highlight=False, soft_wrap=True)
    sys.exit(code)


def debugging() -> bool:
    """Whether tracebacks were asked for (ONRECORD_DEBUG=1)."""
    return os.environ.get("ONRECORD_DEBUG", "") not in ("", "0")


def _plain(text: str) -> str:
    """The text as it is: its square brackets aren't marks, and its further lines are indented like the first."""
    return text.replace("[", r"\[").replace("\n", "\n       ")
