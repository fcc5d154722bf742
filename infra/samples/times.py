"""The sample's clock: days and hours in Suzhou, as the moments that records tell."""

from datetime import datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))
DAWN = "08:00"


def clock(day: str, time: str) -> datetime:
    """A local time of a day."""
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=SHANGHAI)


def at(day: str, time: str = DAWN) -> int:
    """The same, in microseconds since 1970, UTC."""
    return micros(clock(day, time))


def micros(moment: datetime) -> int:
    """A moment as records have it: whole seconds."""
    return int(moment.timestamp()) * 1_000_000
