"""Pages of the reference that are made from the program itself, so that they are always true."""

from collections.abc import Callable, Mapping
from pathlib import Path

from interfaces.bootstrap.reference import event_catalogue
from interfaces.graphql.schema.build import schema_page
from interfaces.reference.commands import commands_page
from interfaces.reference.permissions import permissions_page
from interfaces.reference.rules import rules_page
from interfaces.reference.settings import settings_page

PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "events.md": event_catalogue,
    "permissions.md": permissions_page,
    "rules.md": rules_page,
    "schema.graphql": schema_page,
    "settings.md": settings_page,
}
"""Every generated file of docs/reference, by its name. What is added here is written by `make docs` and compared by a test."""


def write_pages(folder: Path) -> list[str]:
    """Writes all pages; answers the names of those that were absent or have changed."""
    folder.mkdir(parents=True, exist_ok=True)
    return [name for name, page in PAGES.items() if _write(folder / name, page())]


def _write(path: Path, text: str) -> bool:
    if path.exists() and path.read_text() == text:
        return False
    path.write_text(text)
    return True
