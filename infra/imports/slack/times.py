"""Slack's time stamps: seconds since 1970 with six decimals, which also number the messages of one second."""

import re

STAMP = re.compile(r"(\d{1,11})(?:\.(\d{1,6})\d*)?", re.ASCII)
LATEST = 4_102_444_800_000_000
"""The year 2100: a stamp beyond is damage."""


def micros(stamp: str | float | None) -> int | None:
    """Microseconds since 1970, exactly as written; None for what isn't a time, and for 0, which means none."""
    if isinstance(stamp, float):
        stamp = f"{stamp:.6f}"
    found = STAMP.fullmatch(str(stamp)) if stamp is not None else None
    if found is None:
        return None
    at = int(found[1]) * 1_000_000 + int((found[2] or "").ljust(6, "0"))
    return at if 0 < at < LATEST else None
