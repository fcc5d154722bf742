"""Who follows the tutorials arrives: their code is written into a copy of the project, and their commands are run there."""

import re
from pathlib import Path

import pytest

from tests.docs.clones import Clone, NotThere, changed
from tests.docs.pages import DOCS, blocks

TUTORIAL = DOCS / "tutorial"
pytestmark = pytest.mark.timeout(900)


def test_a_new_read_model(tmp_path: Path) -> None:
    touched = Clone.make(tmp_path).follow(blocks(TUTORIAL / "3-a-new-read-model.md"))
    written = [name for name in touched if not name.startswith("tests/")]
    assert written == ["projections/messaging/exchange.py"], "a read model is one file"


def test_a_change_must_fit_the_file_once() -> None:
    assert changed("one\ntwo\nthree\n", " one\n+and\n two\n@@\n-three\n+four\n") == "one\nand\ntwo\nfour\n"
    for diff in (" three\n one\n", " t"):
        with pytest.raises(NotThere, match=re.escape("times in the file")):
            changed("one\ntwo\nthree\ntwo\n", diff)


def test_a_new_feature(tmp_path: Path) -> None:
    page = TUTORIAL / "2-a-new-feature.md"
    touched = Clone.make(tmp_path).follow(blocks(page))
    listed = re.findall(r"^\| \d \| `([^`]+)`( \(new\))? \|", page.read_text(), re.MULTILINE)
    assert touched == {file: "new" if new else "changed" for file, new in listed}
    assert "Seven files, three of them new." in page.read_text()
    assert (len(touched), list(touched.values()).count("new")) == (7, 3)
