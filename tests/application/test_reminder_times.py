"""When somebody is reminded: never at night, never at the week's end, never too late, by the clocks of where they are."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.timers.reminder_times import DAYS, allowed, first_reminder, next_reminder
from domain.messaging.expected_reply import ReminderRules


def rules(**more: object) -> ReminderRules:
    return ReminderRules(stream="messaging.reminder_rules/x", **{"time_zone": "Asia/Shanghai", **more})  # type: ignore[arg-type]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("2026-03-02T10:00:00+08:00", "2026-03-02T10:00:00+08:00"),
        ("2026-03-02T20:00:00+08:00", "2026-03-03T08:00:00+08:00"),
        ("2026-03-03T03:00:00+08:00", "2026-03-03T08:00:00+08:00"),
        ("2026-03-06T21:00:00+08:00", "2026-03-09T08:00:00+08:00"),
        ("2026-03-07T12:00:00+08:00", "2026-03-09T08:00:00+08:00"),
    ],
)
def test_it_waits_for_the_working_day(wanted: str, found: str) -> None:
    assert allowed(at(wanted), rules()) == at(found)


def test_quiet_hours_at_noon_and_none() -> None:
    noon = at("2026-03-02T12:30:00+08:00")
    assert allowed(noon, rules(quiet=("12:00", "13:30"))) == at("2026-03-02T13:30:00+08:00")
    assert allowed(noon, rules(quiet=None)) == noon
    assert allowed(noon, rules(quiet=("12:00", "12:00"))) == noon


def test_clocks_that_change() -> None:
    """On 29 March 2026 the clocks of Hamburg go from 2 to 3 in the morning."""
    hamburg = rules(time_zone="Europe/Berlin", quiet=("22:00", "02:30"), working_days=DAYS)
    assert allowed(at("2026-03-28T23:00:00+01:00"), hamburg) == at("2026-03-29T03:30:00+02:00")


def test_first_and_next() -> None:
    read, due, now = at("2026-03-02T10:00:00+08:00"), at("2026-03-03T12:00:00+08:00"), at("2026-03-02T10:00:01+08:00")
    assert first_reminder(read, due, now, rules()) == read + timedelta(minutes=120)
    assert first_reminder(read, read + timedelta(minutes=5), now, rules()) == read + timedelta(minutes=5)
    assert next_reminder(due, due, rules()) == due + timedelta(days=1)
    assert next_reminder(due, due + timedelta(hours=60), rules()) is None, "that would be too late"
    late = first_reminder(read, due, now + timedelta(hours=30), rules())
    assert late == now + timedelta(hours=30), "what was missed is missed once"


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 (in UTC below)
    st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Nowhere/Else"]),
    st.sets(st.sampled_from(DAYS), min_size=1),
    st.sampled_from([None, ("20:00", "08:00"), ("12:00", "13:00"), ("00:00", "23:59")]),
)
def test_never_earlier_and_stable(wanted: datetime, zone: str, days: set[str], quiet: tuple[str, str] | None) -> None:
    when, settled = wanted.replace(tzinfo=UTC), rules(time_zone=zone, working_days=tuple(days), quiet=quiet)
    found = allowed(when, settled)
    assert when <= found <= when + timedelta(days=9)
    assert allowed(found, settled) == found
