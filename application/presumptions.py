"""Things that are just being made: what has an identifier of this moment needn't be looked for before it is written."""

from datetime import datetime
from uuid import UUID

from domain.kernel.decisions import Decider
from domain.kernel.gathering import Missing

_RECENTLY = 60_000
"""Milliseconds. Whoever makes a thing makes its id first (UUIDv7, which begins with the time), and asks soon afterwards."""


def just_made(missing: Missing, decider: Decider, now: datetime) -> bool:
    """Whether everything that is missing is likely not to exist yet, for what the decision may find absent anyway.

    It is a guess, to spare a reading; the append's guards say whether it holds.
    """
    moment = int(now.timestamp() * 1000)
    return all(kind in decider.may_be_absent and _made_at(stream) > moment - _RECENTLY for kind, stream in missing)


def _made_at(stream: str) -> int:
    """When a stream's id was made, in milliseconds since 1970; 0 for an id that doesn't tell."""
    made = UUID(stream.rpartition("/")[2])
    return made.int >> 80 if made.version == 7 else 0
