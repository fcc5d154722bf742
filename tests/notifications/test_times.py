"""When people are told: at their pace, and never while they want to be left alone."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from application.deliveries.times import Times, due, zone

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati"])
MINUTES = st.integers(0, 24 * 60 - 1).map(lambda m: f"{m // 60:02}:{m % 60:02}")


def day(zone: ZoneInfo = SHANGHAI, quiet: tuple[str, str] | None = ("22:00", "08:00")) -> Times:
    return Times(zone, quiet, "09:00", 15)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def test_each_pace() -> None:
    now = at("2026-03-02 12:07:30")
    assert due("never", now, day()) is None
    assert due("at_once", now, day()) == now
    assert due("bundled", now, day()) == at("2026-03-02 12:15")
    assert due("daily", now, day()) == at("2026-03-03 09:00")
    assert due("daily", at("2026-03-02 08:59"), day()) == at("2026-03-02 09:00")


def test_quiet_hours_are_waited_out() -> None:
    assert due("at_once", at("2026-03-02 21:59"), day()) == at("2026-03-02 21:59")
    assert due("at_once", at("2026-03-02 22:00"), day()) == at("2026-03-03 08:00")
    assert due("at_once", at("2026-03-03 07:59"), day()) == at("2026-03-03 08:00")
    assert due("at_once", at("2026-03-03 08:00"), day()) == at("2026-03-03 08:00")
    assert due("bundled", at("2026-03-02 21:50"), day()) == at("2026-03-03 08:00")
    noon = day(quiet=("12:00", "13:30"))
    assert due("at_once", at("2026-03-02 12:30"), noon) == at("2026-03-02 13:30")
    assert due("daily", at("2026-03-02 10:00"), day(quiet=("08:30", "09:30"))) == at("2026-03-03 09:30")


def test_the_clocks_change() -> None:
    night = Times(BERLIN, ("23:00", "02:30"), "09:00", 15)
    assert due("at_once", at("2026-03-28 23:30", BERLIN), night) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert due("at_once", at("2026-10-24 23:30", BERLIN), night) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert due("daily", at("2026-03-28 10:00", BERLIN), night) == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)


def test_a_zone_that_is_none_is_utc() -> None:
    for name in (None, "", "Nowhere/Atall", "../etc/passwd", "/etc/passwd"):
        assert zone(name).key == "UTC"


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 (given a zone beside)
    st.sampled_from(["at_once", "bundled", "daily"]),
    ZONES,
    st.none() | st.tuples(MINUTES, MINUTES),
    MINUTES,
    st.integers(1, 240),
)
def test_nobody_is_told_before_it_happened_nor_within_quiet_hours(
    now: datetime, pace: str, name: str, quiet: tuple[str, str] | None, begins: str, minutes: int
) -> None:
    times = Times(ZoneInfo(name), quiet, begins, minutes)
    found = due(pace, now, times)  # type: ignore[arg-type]  # drawn from what it may be
    assert found is not None
    assert now <= found <= now + timedelta(hours=52)
    if quiet is not None and quiet[0] != quiet[1]:
        local = found.astimezone(times.zone).time().replace(tzinfo=None)
        starts, ends = (time.fromisoformat(text) for text in quiet)
        inside = starts <= local < ends if starts < ends else local >= starts or local < ends
        assert not inside or _skipped(found, times)


def _skipped(found: datetime, times: Times) -> bool:
    """Where the clocks change, the end of the quiet hours may be a time that there isn't, or that there is twice."""
    offsets = {(found + timedelta(hours=h)).astimezone(times.zone).utcoffset() for h in (-3, 3)}
    return len(offsets) > 1
