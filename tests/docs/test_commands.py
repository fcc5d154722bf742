"""What pages tell one to type can be typed: commands, their options, make's targets and settings are there."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from interfaces.cli import main
from interfaces.settings import PREFIX, Settings
from tests.docs.pages import PROJECT, blocks, name_of, pages, prose

INLINE = re.compile(r"`([^`\n]+)`")
PROGRAM = re.compile(r"(?:^|[\s(]|bin/)onrecord (?!box v1)((?:[a-z][a-z-]+|-)(?:(?!\$\()[^|#)\n])*)")
MAKE = re.compile(r"(?:^|\s)make ([a-z][a-z-]*)")
VARIABLE = re.compile(r"\bONRECORD_([A-Z][A-Z_]*[A-Z])\b")
QUOTES = str.maketrans("", "", "\"'`")
BESIDE = {"CONFIG", "POSTGRES_BIN", "TEST_DATABASE_URL", "DEBUG"}


@cache
def program() -> Any:
    return typer.main.get_command(main.build(main.command_names()))


def typed(page: Path) -> list[str]:
    """What stands in the page to be typed: lines of its shell blocks, and pieces of code within its sentences."""
    lines = [line for block in blocks(page) if block.language in ("sh", "ini") for line in block.text.splitlines()]
    return lines + INLINE.findall(prose(page))


def wrong(line: str) -> str | None:
    """What of a call of the program isn't there."""
    command = program()
    for word in line.translate(QUOTES).split():
        if word.startswith("-"):
            if word.partition("=")[0] not in {*options(command), "--help"}:
                return f"{command.name} has no {word}"
        elif hasattr(command, "commands"):
            if word not in command.commands:
                # A name in capitals stands for any.
                return None if word.isupper() else f"{command.name} has no {word}"
            command = command.commands[word]
    return None


def options(command: Any) -> set[str]:
    return {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_commands_are_those_of_the_program(page: Path) -> None:
    calls = [found for line in typed(page) for found in PROGRAM.findall(line)]
    assert not [(call, fault) for call in calls if (fault := wrong(call))]


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_targets_are_those_of_make(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    assert not {target for line in typed(page) for target in MAKE.findall(line)} - targets


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_variables_are_settings(page: Path) -> None:
    known = {name.upper() for name in Settings.model_fields} | BESIDE
    assert not set(VARIABLE.findall(page.read_text())) - known, PREFIX


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("events tail --number 1", None),
        ("COMMAND --help", None),
        ("projections rebuild messages", None),
        ("events tale", "events has no tale"),
        ("backup --fast monday", "backup has no --fast"),
    ],
)
def test_what_is_not_there_is_found(line: str, fault: str | None) -> None:
    assert wrong(line) == fault
