"""A copy of the project in which a tutorial is followed: its code is written down, and its commands are run."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.docs.pages import PROJECT, Block

PARTS = ("domain", "application", "projections", "interfaces", "infra", "tests", "docs", ".mypy_cache")
FILES = ("pyproject.toml", ".importlinter", "README.md", ".gitignore", "Makefile")
TOOLS = Path(sys.executable).parent

LINT = "make lint"
MEANS: Mapping[str, tuple[str, ...]] = {
    "make docs": (".venv/bin/python -m interfaces.cli docs",),
    LINT: (
        ".venv/bin/ruff check .",
        ".venv/bin/ruff format --check .",
        ".venv/bin/python -m mypy",
        ".venv/bin/lint-imports",
    ),
}
"""What these commands do, on the files of the copy: the environment is shared, and installed from where it was made."""


class NotThere(Exception):
    """A change of a tutorial doesn't fit the file that it is for."""


class Clone(NamedTuple):
    """The copy."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> "Clone":
        """Copies the project as it is in the working tree, without what git ignores but the cache of mypy."""
        unwanted = shutil.ignore_patterns("__pycache__", "node_modules")
        for part in PARTS:
            if (PROJECT / part).exists():
                shutil.copytree(PROJECT / part, folder / part, ignore=unwanted)
        for name in FILES:
            shutil.copy2(PROJECT / name, folder / name)
        (folder / ".venv").symlink_to(TOOLS.parent)
        return cls(folder)

    def follow(self, blocks: Iterable[Block], without: str = "") -> dict[str, str]:
        """Does what these blocks say, but one command; answers the files that they wrote, each as new or changed."""
        touched: dict[str, str] = {}
        for block in blocks:
            if block.language == "sh":
                self._run(block.text, without)
            elif block.file is not None:
                touched.setdefault(block.file, "changed" if (self.folder / block.file).exists() else "new")
                self._write(self.folder / block.file, block)
        return touched

    def _write(self, path: Path, block: Block) -> None:
        if block.language == "diff":
            path.write_text(changed(path.read_text(), block.text))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)

    def _run(self, text: str, without: str) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("ONRECORD_", "PYTEST_"))}
        for line in text.splitlines():
            said = line.partition("  #")[0].strip()
            for command in () if said == without else MEANS.get(said, (said,)):
                done = subprocess.run(
                    ["bash", "-c", command], cwd=self.folder, env=environment, capture_output=True, text=True, check=False
                )
                assert done.returncode == 0, f"{command}\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"


def changed(text: str, diff: str) -> str:
    """A file after a change. `@@` parts its hunks; of each, the lines with a blank or a minus stand in the file, once.

    Raises NotThere.
    """
    for hunk in diff.split("@@\n"):
        lines = hunk.splitlines(keepends=True)
        before = "".join(line[1:] or "\n" for line in lines if not line.startswith("+"))
        after = "".join(line[1:] or "\n" for line in lines if not line.startswith("-"))
        if text.count(before) != 1:
            raise NotThere(f"this stands {text.count(before)} times in the file:\n{before}")
        text = text.replace(before, after)
    return text
