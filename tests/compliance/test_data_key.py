"""The life of a key, decided."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import reduce
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.compliance.commands import AuthorisePurge, DestroyKey, ReleaseKey, RestrictKey
from domain.compliance.data_key import DataKey, KeyIsDestroyed, destroy, month_of, release, restrict
from domain.compliance.events import (
    DataKeyCreated,
    DataKeyDestroyed,
    DataKeyReleased,
    DataKeyRestricted,
    KeyEvent,
    KeyId,
    PurgeAuthorised,
)
from domain.compliance.purge import Purge, authorise
from domain.kernel.refusals import Refusal
from domain.kernel.states import NOTHING, Events

KEY, OWNER = KeyId(UUID(int=1)), UUID(int=2)
CREATED = DataKeyCreated(owner=OWNER, retention_class="conversation", month="2026-11", generation=0, commitment="c0", epoch=1)
DESTROYED = DataKeyDestroyed(ground="requested")
Wish = Callable[[DataKey], Events | Refusal]


def wish_restriction(key: DataKey) -> Events | Refusal:
    return restrict(RestrictKey(key=KEY), key)


def wish_release(key: DataKey) -> Events | Refusal:
    return release(ReleaseKey(key=KEY), key)


def wish_destruction(key: DataKey) -> Events | Refusal:
    return destroy(DestroyKey(key=KEY, ground="requested"), key)


def key(*events: KeyEvent) -> DataKey:
    return reduce(DataKey.after, events, DataKey.at(KEY))


@pytest.mark.parametrize(
    ("before", "wish", "event", "status"),
    [
        ((CREATED,), wish_restriction, DataKeyRestricted(), "restricted"),
        ((CREATED, DataKeyRestricted()), wish_release, DataKeyReleased(), "usable"),
        ((CREATED,), wish_destruction, DESTROYED, "destroyed"),
        ((CREATED, DataKeyRestricted()), wish_destruction, DESTROYED, "destroyed"),
        ((CREATED, DataKeyRestricted(), DataKeyReleased()), wish_restriction, DataKeyRestricted(), "restricted"),
    ],
)
def test_what_is_wished_happens(before: tuple[KeyEvent, ...], wish: Wish, event: KeyEvent, status: str) -> None:
    state = key(*before)
    assert wish(state) == state.records(event)
    assert state.after(event).status == status


@pytest.mark.parametrize("wish", [wish_restriction, wish_release])
def test_a_destroyed_key_can_be_neither_restricted_nor_released(wish: Wish) -> None:
    assert wish(key(CREATED, DESTROYED)) == KeyIsDestroyed(key=KEY)


@given(st.lists(st.sampled_from([wish_restriction, wish_release, wish_destruction]), max_size=8))
def test_wishing_twice_changes_nothing_more_and_destroyed_stays_destroyed(wishes: list[Wish]) -> None:
    state, gone = key(CREATED), False
    for wish in wishes:
        answer = wish(state)
        if isinstance(answer, Refusal):
            assert gone
        else:
            for _, event in answer:
                assert isinstance(event, DataKeyRestricted | DataKeyReleased | DataKeyDestroyed)
                state = state.after(event)
            assert wish(state) == NOTHING
        gone = gone or wish is wish_destruction
        assert (state.status == "destroyed") == gone


def test_a_key_remembers_whose_and_what_for_it_is() -> None:
    state = key(CREATED, DataKeyRestricted())
    assert (state.owner, state.retention_class, state.month, state.generation) == (OWNER, "conversation", "2026-11", 0)


def test_a_purge_is_authorised_once_for_each_position() -> None:
    one, other = AuthorisePurge(position=5), AuthorisePurge(position=6)
    assert one.purge != other.purge
    state = Purge.at(one.purge)
    assert authorise(one, state) == state.records(PurgeAuthorised(position=5))
    done = state.after(PurgeAuthorised(position=5))
    assert authorise(one, done) == NOTHING
    assert done.position == 5


def test_a_keys_month_is_that_of_the_moment_in_utc() -> None:
    assert month_of(datetime(2026, 11, 30, 23, 59, tzinfo=UTC)) == "2026-11"
    assert month_of(datetime(2026, 12, 1, 7, 0, tzinfo=timezone(timedelta(hours=8)))) == "2026-11"
