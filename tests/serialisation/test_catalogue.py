"""Every event of the catalogue, with any values, is read as it was written; nothing personal in it without its key."""

from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import domain.everything  # noqa: F401  registers all events
from application.ports.codec import DamagedEvent
from domain.kernel.events import CATALOGUE, Event
from domain.kernel.personal import Erased
from infra.serialisation.codec import JsonCodec
from infra.serialisation.plans import plan_of
from tests.serialisation.samples import STREAM, key_of, row
from tests.serialisation.strategies import events

CODEC = JsonCodec()
ALL = sorted(CATALOGUE)
SEALED = [wire for wire in ALL if plan_of(CATALOGUE[wire]).sealed]
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(payload: bytes, wire: str, *without: UUID, version: int = 3) -> Event:
    """The event as it is read from a row of the log, some keys being gone."""
    parsed = CODEC.parse(row(payload, wire, version=version))
    return CODEC.finish(parsed, {key: key_of(key) for key in parsed.keys if key not in without}).event


@pytest.mark.parametrize("wire", ALL)
@few
@given(st.data())
def test_an_event_is_read_as_it_was_written(wire: str, data: st.DataObject) -> None:
    event = data.draw(events(CATALOGUE[wire]))
    payload = CODEC.encode(event, STREAM, 3, key_of)
    assert read(payload, wire) == event
    assert set(CODEC.parse(row(payload, wire)).keys) == set(CODEC.owners(event))


@pytest.mark.parametrize("wire", SEALED)
@few
@given(st.data())
def test_without_an_owners_key_exactly_what_is_theirs_is_erased(wire: str, data: st.DataObject) -> None:
    event = data.draw(events(CATALOGUE[wire]))
    plan = plan_of(CATALOGUE[wire])
    owner = data.draw(st.sampled_from(CODEC.owners(event)))
    found = read(CODEC.encode(event, STREAM, 3, key_of), wire, owner)
    theirs = {field.name for field in plan.sealed if getattr(event, plan.fields[field.owner]) == owner}
    assert {name for name in plan.fields if getattr(found, name) == Erased()} == theirs
    assert all(getattr(found, name) == getattr(event, name) for name in set(plan.fields) - theirs)


@pytest.mark.parametrize("wire", SEALED)
@few
@given(st.data())
def test_a_flipped_bit_or_another_version_of_the_stream_is_found(wire: str, data: st.DataObject) -> None:
    event = data.draw(events(CATALOGUE[wire]))
    payload = CODEC.encode(event, STREAM, 3, key_of)
    with pytest.raises(DamagedEvent):
        read(payload, wire, version=4)
    stored = msgspec.json.decode(payload)
    name = data.draw(st.sampled_from([field.name for field in plan_of(CATALOGUE[wire]).sealed]))
    box = bytearray(msgspec.convert(stored[name]["box"], bytes))
    bit = data.draw(st.integers(0, 8 * len(box) - 1))
    box[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DamagedEvent):
        read(msgspec.json.encode(stored | {name: stored[name] | {"box": bytes(box)}}), wire)
