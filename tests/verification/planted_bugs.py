"""Planted bugs: a patch, what it says about itself, and a copy of the product that it is applied to.

A patch is a unified diff under a header of two lines: `Bug:` says what is wrong, `Caught by:` names tests by file or folder.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
COPIED = ("application", "docs", "domain", "infra", "interfaces", "projections", "tests")
_PATIENCE = 150
"""Seconds for one test: a bug may well make it wait for ever. Ample, for a test that is slow has caught nothing."""


@dataclass(frozen=True)
class Planted:
    """A bug, and the tests of which each must fail on it."""

    patch: Path
    bug: str
    tests: tuple[str, ...]

    @classmethod
    def read(cls, patch: Path) -> "Planted":
        """Reads the header. Raises ValueError where a line of it is missing or names a test that isn't there."""
        header = patch.read_text().partition("diff --git")[0]
        said = dict(line.split(": ", 1) for line in header.splitlines() if ": " in line)
        if not {"Bug", "Caught by"} <= said.keys():
            raise ValueError(f"{patch.name} must say `Bug: …` and `Caught by: …` before the diff")
        tests = tuple(said["Caught by"].split())
        if missing := [test for test in tests if not (PROJECT / test.partition("::")[0]).exists()]:
            raise ValueError(f"{patch.name} names tests that aren't there: {', '.join(missing)}")
        return cls(patch, said["Bug"], tests)


def copy_to(folder: Path) -> Path:
    """The product and its tests, in a folder where they can be changed."""
    for name in COPIED:
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", folder)
    return folder


def apply(patch: Path, folder: Path) -> None:
    """Changes the copy. One line around a change must still be as it was. Raises AssertionError where the patch doesn't fit."""
    done = subprocess.run(
        ["git", "apply", "--verbose", "-C1", str(patch)],
        cwd=folder,
        env=os.environ | {"GIT_CEILING_DIRECTORIES": str(folder.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{patch.name} doesn't fit any more:\n{done.stderr}"
    assert "Applied patch" in done.stderr, f"{patch.name} changed nothing:\n{done.stderr}"


def complaint(folder: Path, *tests: str) -> str | None:
    """What the first of these tests to fail says, run from the folder; None if all pass.

    Raises AssertionError where they can't be run at all.
    """
    # A timeout by signal may be raised in a task that nobody waits for, and is lost; by thread it ends the process.
    options = ["-q", "-x", "-p", "no:cacheprovider", f"--timeout={_PATIENCE}", "--timeout-method=thread"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *tests], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), f"the tests didn't run:\n{done.stdout}\n{done.stderr}"
    return f"{done.stdout}\n{done.stderr}" if done.returncode else None
