"""Rules that a grant can fulfil: asked last, with one proposal after another, and never where something else allows."""

from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from domain.kernel.decisions import Decider, Decision
from domain.kernel.events import Authority
from domain.kernel.loads import GIVEN, by
from domain.kernel.refusals import NotPermitted
from domain.kernel.rules import Check, Claim, Granted, Held, Rule, Verdict
from domain.kernel.states import Maybe, State
from tests.kernel.test_decisions import ANN, CELLAR, HALL, KEY, NOW, Enter, Key, KeyId, Room, anyone, enter, nobody, room


class Offer(NamedTuple):
    """What is proposed in these tests."""

    key: KeyId | None = None


@pytest.fixture(autouse=True)
def offers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GIVEN, "proposed", Offer)


def by_key(claim: Claim, key: Maybe[Key] | None = by("proposed.key")) -> Verdict:
    if key is None or key.holder != ANN or claim.resource != HALL:
        return False
    return Held(NOW + timedelta(hours=1), key.stream)


@pytest.fixture
def rule(offers: None) -> Granted:
    return Granted("house.enter", by_key, on="room")


def key(number: int, holder: Any = ANN) -> Key:
    return Key(stream=Key.at(KeyId(KEY)).stream[:-1] + str(number), version=1, holder=holder)


def weigh(rule: Rule, *states: State[Any], proposals: list[Offer] | None = None) -> tuple[Decision | Claim, set[str]]:
    """What comes of it, and every stream that was asked for."""
    known, at_hand = {state.stream: state for state in (*states, room())}, dict[str, State[Any]]()
    decider = Decider(Enter, enter, rule)

    def view(_: type[State[Any]], stream: str) -> State[Any] | None:
        return at_hand.get(stream)

    while True:
        found = decider.weigh(Enter(room=HALL), ANN, NOW, view, proposals=proposals)
        if not isinstance(found, set):
            return found, {*at_hand}
        at_hand |= {stream: known.get(stream) or kind(stream=stream) for kind, stream in found}


def of(number: int) -> Offer:
    return Offer(KeyId(key(number).thing))


def test_who_is_allowed_anyhow_is_asked_for_no_grant(rule: Granted) -> None:
    decision, asked = weigh(anyone | rule)
    assert isinstance(decision, Decision)
    assert (decision.authority, asked) == (Authority("anyone"), {room().stream})


@pytest.mark.parametrize("without", [False, True])
def test_else_it_says_what_would_have_to_be_granted(rule: Granted, without: bool) -> None:
    assert weigh(rule if without else nobody | rule)[0] == Claim("house.enter", HALL)


def test_the_first_proposal_that_holds_is_the_authority_with_its_scope_and_its_end(rule: Granted) -> None:
    decision, _ = weigh(nobody | rule, key(1, holder=None), key(2), key(3), proposals=[of(1), of(2), of(3)])
    assert isinstance(decision, Decision)
    assert decision.authority == Authority("grant of house.enter", (key(2).stream,), key(2).stream)
    assert decision.not_after == NOW + timedelta(hours=1)
    assert decision.guards == {room().stream: 3, key(2).stream: 1}


@pytest.mark.parametrize("proposals", [[], [Offer(KeyId(key(1).thing))]])
def test_where_no_proposal_holds_the_refusal_names_every_way(rule: Granted, proposals: list[Offer]) -> None:
    decision, _ = weigh(nobody | rule, key(1, holder=None), proposals=proposals)
    assert isinstance(decision, Decision)
    assert decision.answer == NotPermitted(authority="nobody or grant of house.enter")


def test_what_must_hold_beside_a_grant_is_asked_with_it(rule: Granted) -> None:
    def elsewhere(room: Room) -> bool:
        return room.inside == CELLAR

    both = rule & Check("elsewhere", elsewhere)
    decision, _ = weigh(both, key(2), proposals=[of(2)])
    assert isinstance(decision, Decision)
    assert decision.answer == NotPermitted(authority="elsewhere")


def test_a_rule_says_what_is_left_of_it_without_grants(rule: Granted) -> None:
    assert (nobody | rule).bare().says == "nobody"  # type: ignore[union-attr]  # something is left
    assert (nobody & rule).bare() is None
    assert rule.known_to(anyone).bare() is None
    assert anyone.known_to(rule).bare().says == "anyone"  # type: ignore[union-attr]  # something is left
