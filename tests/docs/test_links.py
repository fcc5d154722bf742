"""No page leads nowhere, and no page is left out: whoever starts at the README gets everywhere."""

from pathlib import Path

import pytest

from tests.docs.pages import DOCS, LINK, MENTION, PROJECT, anchors, blocks, name_of, pages, prose


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(prose(page)):
        if link.startswith(("https://", "http://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_relative_to(PROJECT), f"{link} leads out of the project"
        assert target.exists(), f"{link} leads nowhere"
        assert not anchor or anchor in anchors(target), f"{link}: {target.name} has no such heading"


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_files_that_are_named_are_there(page: Path) -> None:
    made = {block.file for block in blocks(page)}
    missing = [path for path in MENTION.findall(prose(page)) if path not in made and not (PROJECT / path).exists()]
    assert not missing


def test_every_page_is_reached_from_the_readme() -> None:
    reached, left = set[Path](), [PROJECT / "README.md"]
    while left:
        page = left.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        paths = (link.partition("#")[0] for link in LINK.findall(prose(page)) if "://" not in link)
        left += [(page.parent / path).resolve() for path in paths if path]
    assert not {name_of(page) for page in DOCS.rglob("*.md")} - {name_of(page) for page in reached}
