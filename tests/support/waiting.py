"""Waiting for what other processes do."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(answer: Callable[[], T], within: float = 15) -> T:
    """The first true answer. Fails after so many seconds; a test that passes waits no longer than it must."""
    end = time.monotonic() + within
    while not (found := answer()):
        if time.monotonic() > end:
            raise AssertionError(f"still {found!r} after {within:g} s")
        time.sleep(0.01)
    return found
