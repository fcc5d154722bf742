"""Who follows the tutorials arrives: their code is written into a copy of the project, and their commands are run there."""

import re
from pathlib import Path

import pytest

from tests.docs.clones import LINT, Clone, NotThere, changed
from tests.docs.pages import DOCS, blocks

CHANGE = DOCS / "how-to" / "change-an-event.md"
FEATURE, READ_MODEL = DOCS / "tutorial" / "2-a-new-feature.md", DOCS / "tutorial" / "3-a-new-read-model.md"


@pytest.mark.timeout(900)
def test_who_follows_the_tutorials_arrives(tmp_path: Path) -> None:
    clone = Clone.make(tmp_path)
    clone.follow(blocks(CHANGE))
    # Both tutorials say that the linters are content in the end. They take long, so they are asked once, about the work of both.
    feature = clone.follow(blocks(FEATURE), without=LINT)
    read_model = clone.follow(blocks(READ_MODEL))

    listed = re.findall(r"^\| \d \| `([^`]+)`( \(new\))? \|", FEATURE.read_text(), re.MULTILINE)
    assert feature == {file: "new" if new else "changed" for file, new in listed}
    assert (len(feature), list(feature.values()).count("new")) == (7, 5)
    assert "Seven files, five of them new." in FEATURE.read_text()

    assert [file for file in read_model if not file.startswith("tests/")] == ["projections/messaging/exchange.py"]
    assert "It takes **one file**." in READ_MODEL.read_text()


def test_a_change_must_fit_the_file_once() -> None:
    assert changed("one\ntwo\nthree\n", " one\n+and\n two\n@@\n-three\n+four\n") == "one\nand\ntwo\nfour\n"
    for diff in (" three\n one\n", " t"):
        with pytest.raises(NotThere, match=re.escape("times in the file")):
            changed("one\ntwo\nthree\ntwo\n", diff)
