"""The decision records are numbered one after the other, and the index lists them as they are called."""

import re

from tests.docs.pages import DOCS

TITLE = re.compile(r"# (\d+)\. (.+)")
ENTRY = re.compile(r"^(\d+)\. \[(.+)\]\((.+)\)$", re.MULTILINE)


def test_the_index_lists_every_record_by_number_and_title() -> None:
    records = []
    for number, page in enumerate(sorted((DOCS / "adr").glob("[0-9]*.md")), 1):
        title = TITLE.match(page.read_text())
        assert title, f"{page.name} begins with its number and title"
        assert page.name.startswith(f"{number:04}-"), f"{page.name}: the next number is {number}"
        assert int(title[1]) == number, page.name
        records.append((str(number), title[2], page.name))
    assert ENTRY.findall((DOCS / "adr" / "README.md").read_text()) == records


def test_every_record_has_its_four_parts() -> None:
    for page in sorted((DOCS / "adr").glob("[0-9]*.md")):
        parts = re.findall(r"^## (.+)$", page.read_text(), re.MULTILINE)
        assert parts == ["Context", "Decision", "Consequences", "Evidence"], page.name
