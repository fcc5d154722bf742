"""Every dependency has its line with the reason for it, and every line its dependency."""

import re
import tomllib

from tests.docs.pages import DOCS, PROJECT

NAME = re.compile(r"[A-Za-z0-9._-]+")


def normal(name: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def required(requirements: list[str]) -> set[str]:
    return {normal(found[0]) for text in requirements if (found := NAME.match(text))}


def described(heading: str) -> dict[str, str]:
    """The packages of a section's table, each with the reason that stands beside it."""
    section = (DOCS / "reference" / "dependencies.md").read_text().partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in section.splitlines() if line.startswith("|")]
    return {normal(name): row[1] for row in rows[2:] for name in row[0].split(", ")}


def test_each_dependency_of_the_server_has_its_line() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    lines = described("Of the server")
    assert set(lines) == required(project["project"]["dependencies"])
    assert all(lines.values())


def test_each_dependency_of_the_tests_and_tools_has_its_line() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    lines = described("Of the tests and tools")
    assert set(lines) == required(project["dependency-groups"]["dev"])
    assert all(lines.values())
