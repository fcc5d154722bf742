"""Departments and posts as a cell names them: by a path from the top, or by a code."""

import re
from typing import NamedTuple

Path = tuple[str, ...]
SEPARATORS = re.compile(r"[/>→\\]")
"""What stands between the departments of a path, the topmost first."""


class NamedPost(NamedTuple):
    """A post in a cell. `department`: None for the row's own, or the whole organisation where the row names none; () for that."""

    name: str
    department: Path | None


def parts(text: str) -> Path:
    """The departments of a path."""
    return tuple(part for each in SEPARATORS.split(text) if (part := each.strip()))


def named_post(text: str) -> NamedPost:
    """`A/B/Buyer` is a post of the department A/B, `/Buyer` one of the whole organisation, `Buyer` one of the row's."""
    *department, name = parts(text) or ("",)
    return NamedPost(name, tuple(department) if SEPARATORS.search(text) else None)
