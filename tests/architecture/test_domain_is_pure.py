"""The domain does no I/O, reads no clock, and makes nothing random: it imports nothing that could."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

DOMAIN = Path(__file__).parents[2] / "domain"
LIBRARIES = {"msgspec"}
ONLY_IN_COMMANDS = {"pydantic"}
IMPURE = {
    "asyncio", "builtins", "concurrent", "ctypes", "fcntl", "glob", "http", "io", "importlib", "locale", "logging", "mmap",
    "multiprocessing", "os", "pathlib", "pickle", "platform", "random", "secrets", "select", "selectors", "shelve", "shutil",
    "signal", "site", "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "zoneinfo",
}  # fmt: skip
IMPURE_CALLS = {"now", "utcnow", "today", "uuid1", "uuid4", "open", "input", "print", "eval", "exec", "__import__"}


def imported(tree: ast.Module) -> Iterator[str]:
    """The top-level packages that a module imports, wherever in its text."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (name.name.partition(".")[0] for name in names)
            case ast.ImportFrom(module=str(module)):
                yield module.partition(".")[0]
            case _:
                pass


def called(tree: ast.Module) -> Iterator[str]:
    """The last name of everything that a module calls."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
                yield name
            case _:
                pass


def faults(tree: ast.Module, path: Path) -> list[str]:
    """What makes a module of the domain impure, in words."""
    allowed = LIBRARIES | {"domain"} | (set(sys.stdlib_module_names) - IMPURE)
    if "commands" in (path.stem, path.parent.name):
        allowed |= ONLY_IN_COMMANDS
    return [f"imports {name}" for name in imported(tree) if name not in allowed] + [
        f"calls {name}()" for name in called(tree) if name in IMPURE_CALLS
    ]


def files() -> list[Path]:
    return sorted(DOMAIN.rglob("*.py"))


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(DOMAIN)))
def test_a_module_of_the_domain_is_pure(path: Path) -> None:
    assert not faults(ast.parse(path.read_text()), path)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("import psycopg", "imports psycopg"),
        ("from os.path import join", "imports os"),
        ("from pydantic import BaseModel", "imports pydantic"),
        ("def f():\n    import random", "imports random"),
        ("from datetime import datetime\ndatetime.now()", "calls now()"),
        ("from uuid import uuid4\nuuid4()", "calls uuid4()"),
        ("print('x')", "calls print()"),
    ],
)
def test_the_check_finds(text: str, fault: str) -> None:
    assert faults(ast.parse(text), Path("message.py")) == [fault]


def test_commands_may_use_pydantic() -> None:
    for path in ("messaging/commands.py", "directory/commands/person.py"):
        assert not faults(ast.parse("from pydantic import Field"), Path(path))
