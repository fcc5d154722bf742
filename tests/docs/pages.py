"""The pages of the documentation as tests read them: their blocks of code, and the links in their text."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).parents[2]
DOCS = PROJECT / "docs"

FENCE = re.compile(r"^( *)```(\S*) ?(.*?)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"\*\*`([^`]+)`\*\*[^\n]*\n\s*\Z")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MENTION = re.compile(r"`((?:docs|tests|domain|application|projections|interfaces|infra)/[\w./-]*\w/?)`")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


class Block(NamedTuple):
    """A block of code: its language, what stands behind that, its text, and the file that the line above names in bold."""

    language: str
    mark: str
    text: str
    file: str | None


def pages() -> list[Path]:
    """README, and every page under docs/."""
    return [PROJECT / "README.md", *sorted(DOCS.rglob("*.md"))]


def name_of(page: Path) -> str:
    """The page as one names it from the project's folder."""
    return str(page.relative_to(PROJECT))


def blocks(page: Path) -> list[Block]:
    """The page's blocks of code, in order."""
    return list(_blocks(page.read_text()))


def _blocks(text: str) -> Iterator[Block]:
    for found in FENCE.finditer(text):
        indent, language, mark, body = found.groups()
        lines = [line.removeprefix(indent) for line in body.splitlines(keepends=True)]
        named = FILE.search(text[: found.start()])
        yield Block(language, mark, "".join(lines), named[1] if named else None)


def prose(page: Path) -> str:
    """The page without its blocks of code."""
    return FENCE.sub("", page.read_text())


def anchors(page: Path) -> set[str]:
    """What one can link to inside a page: its headings, as they are turned into anchors."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(prose(page))}
