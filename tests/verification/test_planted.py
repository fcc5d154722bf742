"""The suites can fail: each bug that is planted in a copy of the product is found by the tests that it names."""

from pathlib import Path

import pytest

from tests.verification.planted_bugs import Planted, apply, complaint, copy_to

PLANTED = [Planted.read(patch) for patch in sorted((Path(__file__).parent / "planted").glob("*.patch"))]

HERE = "tests/verification/"
"""Where tests lie that run beside this one, on the product as it is."""


@pytest.mark.timeout(900)
def test_the_tests_pass_on_the_product_as_it_is(tmp_path: Path) -> None:
    tests = sorted({test for planted in PLANTED for test in planted.tests if not test.startswith(HERE)})
    assert complaint(copy_to(tmp_path), *tests) is None


@pytest.mark.timeout(900)
@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.patch.stem)
def test_a_planted_bug_is_caught(planted: Planted, tmp_path: Path) -> None:
    folder = copy_to(tmp_path)
    apply(planted.patch, folder)
    assert [test for test in planted.tests if not complaint(folder, test)] == [], f"{planted.bug} These tests don't notice it."
