"""The page for developers, in a browser, and that its packages are those of its lock."""

import shutil
import subprocess

import pytest

from interfaces.http import page
from tests.conformance.graphql.tools import ROOT, passes

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.mark.skipif(BROWSER is None, reason="needs Debian's package chromium")
async def test_in_a_browser(variables: dict[str, str]) -> None:
    await passes("page.test.mjs", {**variables, "ONRECORD_BROWSER": str(BROWSER)})


@pytest.mark.skipif(shutil.which("npm") is None, reason="needs npm")
def test_what_is_packed_is_what_is_locked() -> None:
    packed = {file: file.read_bytes() for file in page.PACKED.values()}
    subprocess.run([ROOT / ".ci" / "make-page"], check=True, capture_output=True)
    assert {file: file.read_bytes() for file in packed} == packed
