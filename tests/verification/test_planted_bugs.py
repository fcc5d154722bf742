"""The suites can fail: each of these bugs is planted into a copy of the project, and the tests that should find it do.

A bug is a text that occurs once in a file, and what stands there instead. Nothing in the product knows of it.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

PROJECT = Path(__file__).parents[2]
PARTS = ("domain", "application", "projections", "interfaces", "infra", "tests", "pyproject.toml", "docs")
FAILED = 1
"""pytest's exit code where tests ran and some failed; a bug that keeps them from running proves nothing."""


class Bug(NamedTuple):
    """What is done wrong, where, and which tests must notice."""

    what: str
    file: str
    right: str
    wrong: str
    tests: str


BUGS = (
    Bug(
        "a guard is not verified",
        "infra/postgres/log/verification.py",
        "    return frozenset(stale)",
        "    return frozenset()",
        "tests/log/test_guards.py",
    ),
    Bug(
        "a repeated command is done again",
        "infra/postgres/log/verification.py",
        "outcome = shown.outcomes.get(key) or done.get(key)",
        "outcome = None",
        "tests/application/test_platform.py",
    ),
    Bug(
        "a position is left out",
        "infra/postgres/log/verification.py",
        "before = shown.head + len(plan.rows)",
        "before = shown.head + len(plan.rows) + bool(plan.rows)",
        "tests/log/test_append.py",
    ),
    Bug(
        "the log's lock is not taken",
        "infra/postgres/log/statements/lock.sql",
        "SELECT pg_advisory_xact_lock($1::bigint)",
        "SELECT $1::bigint",
        "tests/log/test_lock.py",
    ),
    Bug(
        "the lock is taken in an older snapshot",
        "infra/postgres/log/statements/begin.sql",
        "READ COMMITTED",
        "REPEATABLE READ",
        "tests/log/test_sharing.py",
    ),
    Bug(
        "what others wrote is not remembered",
        "infra/postgres/log/appender.py",
        "self._versions.advance(sight.head, sight.tail or {})",
        "self._versions.advance(sight.head, {})",
        "tests/log/test_sharing.py",
    ),
    Bug(
        "what arrived although the connection was lost is written again",
        "infra/postgres/log/verification.py",
        "if attempt == (outcome.first, outcome.last, outcome.recorded_at):",
        "if False:",
        "tests/log/test_faults.py",
    ),
    Bug(
        "the clock runs back",
        "infra/postgres/log/clock.py",
        "return max(reading.clock, reading.last or reading.clock)",
        "return reading.clock",
        "tests/log/test_clock.py",
    ),
    Bug(
        "an event is dropped by the follower",
        "projections/engine/apply.py",
        "        for said in recorded:\n",
        "        for said in list(recorded)[1:]:\n",
        "tests/projections",
    ),
    Bug(
        "an event is applied twice",
        "projections/engine/apply.py",
        "            for part in each.steps:\n",
        "            for part in each.steps * 2:\n",
        "tests/projections",
    ),
    Bug(
        "a value is sealed under another owner's key",
        "infra/serialisation/codec.py",
        "key = key_for(values[field.owner])",
        "key = key_for(values[plan.sealed[0].owner])",
        "tests/serialisation",
    ),
    Bug(
        "a box opens in another version of its stream",
        "infra/serialisation/places.py",
        r'return f"onrecord box v1\n{stream}\n{version}".encode()',
        r'return f"onrecord box v1\n{stream}".encode()',
        "tests/serialisation",
    ),
    Bug(
        "a swapped key is opened",
        "infra/postgres/keys.py",
        "if opened.commitment != created.commitment:",
        "if not opened.commitment:",
        "tests/crypto",
    ),
    Bug(
        "every key is deleted whose stream grows",
        "infra/postgres/migrations/organisation/0002_keys.sql",
        "WHEN (NEW.type = 'compliance.data_key_destroyed.v1')",
        "WHEN (NEW.type LIKE 'compliance.data_key_%')",
        "tests/crypto",
    ),
    Bug(
        "an erased person's text stays in the read models",
        "projections/compliance/erasure.py",
        "@erases\ndef withdrawn",
        "def withdrawn",
        "tests/compliance/test_dump.py",
    ),
    Bug(
        "a restricted key stays at hand",
        "application/states.py",
        "self._keys.forget(UUID(stream.removeprefix(_KEYS)))",
        "pass",
        "tests/compliance/test_erasure.py",
    ),
    Bug(
        "a rule that fails allows",
        "domain/kernel/decisions.py",
        "if not finding.holds:",
        "if False:",
        "tests/access tests/messaging",
    ),
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, where it may be spoilt."""
    folder = tmp_path_factory.mktemp("planted")
    for name in PARTS:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder


@pytest.fixture
def planted(copy: Path, bug: Bug) -> Iterator[Path]:
    """The copy with one bug in it, taken out again afterwards."""
    file = copy / bug.file
    text = file.read_text()
    assert text.count(bug.right) == 1, f"{bug.file} no longer holds this once; say anew where the bug goes: {bug.right!r}"
    file.write_text(text.replace(bug.right, bug.wrong))
    yield copy
    file.write_text(text)


def run(folder: Path, tests: str) -> subprocess.CompletedProcess[str]:
    """The project's own tests, in a folder."""
    arguments = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests.split()]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(folder)}
    return subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=600)


@pytest.mark.timeout(700)
@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.what)
def test_a_planted_bug_is_found(planted: Path, bug: Bug) -> None:
    done = run(planted, bug.tests)
    assert done.returncode == FAILED, f"{bug.what}, and {bug.tests} ended with {done.returncode}:\n{done.stdout[-3000:]}"
    assert " failed" in done.stdout


@pytest.mark.timeout(1200)
def test_without_a_bug_these_tests_pass(copy: Path) -> None:
    tests = " ".join(dict.fromkeys(name for bug in BUGS for name in bug.tests.split()))
    done = run(copy, tests)
    assert done.returncode == 0, done.stdout[-3000:]
