"""When somebody is told. It depends on a library's data about time zones, so what comes of it is recorded, not derived again."""

from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.notifications.events.preferences import Pace


class Times(NamedTuple):
    """One person's day: their zone, when they want to be left alone, when a day begins, and how long a bundle is."""

    zone: ZoneInfo
    quiet: tuple[str, str] | None
    day_begins: str
    bundle_minutes: int


def zone(name: str | None) -> ZoneInfo:
    """A time zone by its name; UTC where there is none of that name."""
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, OSError, ValueError):
        return ZoneInfo("UTC")


def due(pace: Pace, now: datetime, times: Times) -> datetime | None:
    """When they are told of what happened now; None for never. In UTC; never earlier than now, never within quiet hours."""
    match pace:
        case "never":
            return None
        case "at_once":
            return _after_quiet(now, times)
        case "bundled":
            return _after_quiet(_bundle_ends(now, times.bundle_minutes), times)
        case "daily":
            return _after_quiet(_next(now, times.day_begins, times.zone), times)


def _bundle_ends(now: datetime, minutes: int) -> datetime:
    """Bundles end at whole multiples of their length, so that all that falls into one is due at the same moment."""
    length = timedelta(minutes=minutes)
    begun = datetime(1970, 1, 1, tzinfo=UTC)
    return begun + ((now - begun) // length + 1) * length


def _next(now: datetime, at: str, zone: ZoneInfo) -> datetime:
    """The next time that the clocks of a zone show a time of day. One that a change of the clocks skips comes an hour later."""
    local = now.astimezone(zone)
    found = datetime.combine(local.date(), time.fromisoformat(at), zone).astimezone(UTC)
    if found <= now:
        found = datetime.combine(local.date() + timedelta(days=1), time.fromisoformat(at), zone).astimezone(UTC)
    return found


def _after_quiet(moment: datetime, times: Times) -> datetime:
    if times.quiet is None or not _within(moment, times.quiet, times.zone):
        return moment
    return _next(moment, times.quiet[1], times.zone)


def _within(moment: datetime, quiet: tuple[str, str], zone: ZoneInfo) -> bool:
    starts, ends = (time.fromisoformat(text) for text in quiet)
    local = moment.astimezone(zone).time().replace(tzinfo=None)
    return starts <= local < ends if starts <= ends else local >= starts or local < ends
