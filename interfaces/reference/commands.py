"""The page of commands."""

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from interfaces.cli.main import build, command_names

_INTRODUCTION = """\
# The program `onrecord`

<!-- Made by `make docs`. -->

`onrecord --help` and `onrecord COMMAND --help` say the same. Exit codes: 0 done, 1 refused or something is wrong (one line on
standard error says what, and what helps), 2 wrong use, 70 a fault of the program, 130 interrupted. Results go to standard output.
"""


def commands_page() -> str:
    """Every command with its arguments and options."""
    return _INTRODUCTION + "".join(_sections("onrecord", get_command(build(command_names()))))


def _sections(path: str, command: Any) -> Iterator[str]:
    """The commands below a group, or the command itself. Typer's own classes have no public types."""
    if hasattr(command, "commands"):
        for name, below in sorted(command.commands.items()):
            yield from _sections(f"{path} {name}", below)
        return
    yield f"\n## {path}\n\n{_paragraphs(command.help or '')}\n"
    parameters = [
        parameter for parameter in command.params if not getattr(parameter, "hidden", False) and parameter.name != "help"
    ]
    if parameters:
        yield "\n| parameter | default | meaning |\n|---|---|---|\n"
        yield from (_row(parameter) for parameter in parameters)


def _row(parameter: Any) -> str:
    is_option = parameter.param_type_name == "option"
    name = ", ".join([*parameter.opts, *parameter.secondary_opts]) if is_option else parameter.name.upper()
    default = "required" if parameter.required else _default(parameter.default)
    return f"| `{name}` | {default} | {' '.join((getattr(parameter, 'help', None) or '').split())} |\n"


def _default(value: Any) -> str:
    return "" if value is None or value is False or value == () or callable(value) else f"`{value}`"


def _paragraphs(text: str) -> str:
    """The text with its lines joined within paragraphs."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
