"""How subscriptions end before they are complete, and when tokens do."""

from datetime import datetime

LOOK = 3_600.0
"""Seconds after which a quiet subscription looks at its token again, however long that lasts."""


class Interrupted(Exception):
    """A subscription can't go on here, and can be resumed on a new connection, which clients then make by themselves."""

    code = 1012
    reason = "The server stops"


class SessionEnded(Interrupted):
    """The token that it was begun with has expired. Clients connect again after 4403, and take 4401 for the end."""

    code = 4403
    reason = "Token expired"


class Outside(Interrupted):
    """Its viewer was suspended or has left."""

    code = 4401
    reason = "Taking part has ended"


class Unavailable(Interrupted):
    """The database can't be reached, or is behind."""

    code = 1013
    reason = "Try again later"


def left(expires: datetime, now: datetime) -> float:
    """Seconds until a token is to be looked at again. Raises SessionEnded where it has expired."""
    seconds = (expires - now).total_seconds()
    if seconds <= 0:
        raise SessionEnded
    return min(seconds, LOOK)
