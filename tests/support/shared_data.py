"""Real data beside the project (`../shared/data`); a test that needs a folder of it is skipped, by name, where it is absent."""

from pathlib import Path

import pytest

_PROJECT = Path(__file__).resolve().parents[2]


def shared_data(folder: str) -> Path:
    """The folder, or a skip that names it."""
    found = _PROJECT.parent / "shared" / "data" / folder
    if not found.is_dir():
        pytest.skip(f"../shared/data/{folder} is absent")
    return found
