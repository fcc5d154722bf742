"""The program `onrecord`.

A sub-command is one file of interfaces/cli/commands: its function `register(app)` adds it. Nothing else names it. Only the file
of the command that is asked for is imported, so that each may import what it needs and `onrecord health` starts quickly.
"""

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import version

import typer

from interfaces.bootstrap import EXPECTED
from interfaces.cli import commands
from interfaces.cli.console import debugging, fail, out

_INTERRUPTED = 130
_UNFORESEEN = 70  # EX_SOFTWARE of sysexits.h


def build(names: Iterable[str]) -> typer.Typer:
    """The program with these of its commands."""
    app = typer.Typer(
        name="onrecord",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
    )
    app.callback()(_general_options)
    for name in sorted(names):
        importlib.import_module(f"{commands.__name__}.{_module(name)}").register(app)
    return app


def command_names() -> Sequence[str]:
    """Every command, by the files that there are; a trailing underscore keeps a name that is a word of Python."""
    return [module.name.rstrip("_").replace("_", "-") for module in pkgutil.iter_modules(commands.__path__)]


def run(arguments: Sequence[str] | None = None) -> None:
    """Runs the program and ends the process. Errors are one line with a hint, never a traceback, unless ONRECORD_DEBUG=1."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        build(_needed(arguments))(list(arguments))
    except EXPECTED as error:
        if debugging():
            raise
        fail(str(error))
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:
        sys.exit(0)  # whoever read our output has seen enough
    except Exception as error:  # the last resort: nobody who runs the program shall have to read a traceback
        if debugging():
            raise
        fail(f"{type(error).__name__}: {error}", "ONRECORD_DEBUG=1 shows where.", code=_UNFORESEEN)


def _needed(arguments: Sequence[str]) -> Sequence[str]:
    """The command that is asked for; all of them where none is, or none of that name, for the help."""
    known = command_names()
    asked = next((argument for argument in arguments if not argument.startswith("-")), "")
    return [asked] if asked in known else known


def _module(name: str) -> str:
    module = name.replace("-", "_")
    return f"{module}_" if importlib.util.find_spec(f"{commands.__name__}.{module}") is None else module


def _show_version(asked: bool) -> None:
    if asked:
        out.print(version("onrecord"), highlight=False)
        raise typer.Exit


def _general_options(
    show_version: bool = typer.Option(
        False, "--version", help="Show the version and end.", callback=_show_version, is_eager=True
    ),
) -> None:
    """Everything said, decided and booked, on record."""
