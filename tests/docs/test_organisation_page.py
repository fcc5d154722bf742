"""The commands of "Bring your organisation" do what the page says."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, blocks
from tests.docs.terminals import Terminals

PAGE = DOCS / "how-to" / "bring-your-organisation.md"


@pytest.mark.timeout(600)  # each command starts and stops the database
def test_the_page_does_what_it_says(tmp_path: Path) -> None:
    with ExitStack() as running:
        terminal = Terminals(tmp_path, running)
        compared = 0
        for block in blocks(PAGE):
            match block.language:
                case "csv":
                    assert block.file
                    (tmp_path / block.file).write_text(block.text)
                case "sh":
                    terminal.type(block)
                case "text":
                    for line in block.text.splitlines():
                        assert line in terminal.output, f"{line!r} isn't in:\n{terminal.output}"
                        compared += 1
                case _:
                    raise AssertionError(block.language)
        assert compared > 8
