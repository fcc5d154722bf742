"""The two sources of what can't be computed: time and randomness."""

import os
import time
from datetime import UTC, datetime
from uuid import UUID

_last = 0


def now() -> datetime:
    """The time of this machine, in UTC."""
    return datetime.now(UTC)


def new_id() -> UUID:
    """A new UUIDv7: milliseconds since 1970 and 74 random bits (RFC 9562, 5.7).

    Within one process they never go back: where the clock does, the last millisecond is kept.
    """
    global _last
    milliseconds = time.time_ns() // 1_000_000
    _last = max(_last, milliseconds)
    value = _last << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)
