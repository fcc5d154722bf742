"""This machine's clock and its randomness: the ports `Clock` and `Identifiers`."""

import secrets
import time
from datetime import UTC, datetime
from uuid import UUID

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62
_NANOSECONDS_PER_MILLISECOND = 1_000_000


def utc_now() -> datetime:
    """The time now, in UTC, to the microsecond."""
    return datetime.now(UTC)


def random_id() -> UUID:
    """A new UUIDv7 (RFC 9562, section 5.7).

    The 12 bits after the milliseconds are their fraction (section 6.2, method 3), so identifiers that one process makes over
    a quarter of a microsecond apart are in order; the other 62 bits are random.
    """
    milliseconds, rest = divmod(time.time_ns(), _NANOSECONDS_PER_MILLISECOND)
    fraction = (rest << 12) // _NANOSECONDS_PER_MILLISECOND
    return UUID(int=milliseconds << 80 | _VERSION_7 | fraction << 64 | _VARIANT | secrets.randbits(62))
