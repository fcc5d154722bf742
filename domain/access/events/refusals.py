"""What is recorded of refused commands."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from domain.kernel.events import Event, catalogue


class CommandRefused(Event, wire="access.command_refused.v1"):
    """Somebody wished something that was not done. Never holds what they wrote, only what they aimed at.

    `targets` are the ids in the command, by field (a list counts its items: `people.0`); `rule` is what was lacking or
    stood against it, `missing` the authority that would have allowed it; `digest` is the command's SHA-256, in hex;
    `at` is when it was decided, since the rate is counted by it.
    """

    command: str
    refusal: str
    targets: Mapping[str, UUID] = {}
    rule: str | None = None
    missing: str | None = None
    digest: str
    at: datetime


class RefusalsCounted(Event, wire="access.refusals_counted.v1"):
    """So many more wishes of somebody were refused in a time, too fast to be written down each by itself.

    `counts` are by the refusal's name.
    """

    since: datetime
    until: datetime
    counts: Mapping[str, int]


RefusalEvent = CommandRefused | RefusalsCounted

catalogue(CommandRefused, RefusalsCounted)
