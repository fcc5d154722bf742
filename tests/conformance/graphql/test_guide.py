"""The guide for front-end developers shows what these tests run."""

from pathlib import Path

import pytest
from graphql import parse, validate

from interfaces.graphql.schema.build import build_schema
from tests.docs.pages import DOCS, Block, blocks
from tests.docs.terminals import terminals
from tests.docs.test_first_steps import WRITTEN, free_port

PAGE = DOCS / "how-to" / "clients.md"
RUN = [path for folder in ("clients", "typed", "relay") for path in (Path(__file__).parent / folder).rglob("*") if path.is_file()]
SHOWN = [block for block in blocks(PAGE) if block.language in ("js", "ts", "json", "graphql")]


@pytest.mark.parametrize("block", SHOWN, ids=lambda block: block.text.strip().splitlines()[0][:60])
def test_every_snippet_is_part_of_a_file_that_is_run(block: Block) -> None:
    assert any(block.text.rstrip() in path.read_text() for path in RUN)
    if block.language == "graphql":
        assert not validate(build_schema(), parse(block.text))


def test_every_command_prints_what_the_guide_says(tmp_path: Path) -> None:
    with terminals(tmp_path) as here:
        url = here.demo(free_port())
        for block in blocks(PAGE):
            if block.language == "sh":
                here.type(block._replace(text=block.text.replace(WRITTEN, url)))
            elif block.language == "text":
                here.expect(block)
