"""When people are reminded: by rules, quiet hours and working days, by the clocks of a time zone.

It depends on a library's data about time zones, so what comes of it is recorded and never derived again.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.messaging.events.expected_reply import Weekday
from domain.messaging.expected_reply import ReminderRules

DAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def first_reminder(read_at: datetime, due: datetime, now: datetime, rules: ReminderRules) -> datetime | None:
    """When somebody is reminded first who has read: so long after that, or when the reply is due, whichever is earlier."""
    wanted = min(read_at + timedelta(minutes=rules.after_minutes), max(due, read_at))
    return _in_time(max(wanted, now), due, rules)


def next_reminder(due: datetime, now: datetime, rules: ReminderRules) -> datetime | None:
    """When somebody is reminded again who is reminded now; None where that would be too late."""
    return _in_time(now + timedelta(minutes=rules.every_minutes), due, rules)


def _in_time(wanted: datetime, due: datetime, rules: ReminderRules) -> datetime | None:
    found = allowed(wanted, rules)
    return found if found <= due + timedelta(hours=rules.until_hours) else None


def allowed(wanted: datetime, rules: ReminderRules) -> datetime:
    """The first moment from `wanted` on that lies on a working day and outside the quiet hours. In UTC."""
    zone = _zone(rules.time_zone)
    local = wanted.astimezone(zone)
    while True:
        if DAYS[local.weekday()] not in rules.working_days:
            local = _at(local.date() + timedelta(days=1), time(), zone)
        elif (ends := _quiet_until(local, rules.quiet, zone)) is not None:
            local = ends
        else:
            return local.astimezone(UTC)


def _quiet_until(local: datetime, quiet: tuple[str, str] | None, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours end that this moment lies in; None where it doesn't."""
    if quiet is None or quiet[0] == quiet[1]:
        return None
    starts, ends = map(time.fromisoformat, quiet)
    clock = local.time()
    over_night = starts > ends
    if (clock < ends or clock >= starts) if over_night else starts <= clock < ends:
        next_day = over_night and clock >= starts
        return _at(local.date() + timedelta(days=next_day), ends, zone)
    return None


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """When the clocks of a zone show this on that day; a time that a change of the clocks skips is taken an hour later."""
    return datetime.combine(day, clock, zone).astimezone(UTC).astimezone(zone)


def _zone(name: str) -> ZoneInfo:
    """A time zone by its name; UTC where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return ZoneInfo("UTC")
