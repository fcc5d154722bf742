"""The clock and the identifiers of this machine."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122

from infra.system import random_id, utc_now


def test_an_identifier_is_a_version_7_uuid_of_this_moment() -> None:
    before = utc_now()
    made = random_id()
    assert (made.version, made.variant) == (7, RFC_4122)
    moment = datetime.fromtimestamp((made.int >> 80) / 1000, UTC)
    assert before - timedelta(milliseconds=1) <= moment <= utc_now()


def test_identifiers_differ() -> None:
    assert len({random_id() for _ in range(10_000)}) == 10_000
