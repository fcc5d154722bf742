"""How a command is considered: what is loaded, in what order things are asked, what is guarded, and what is answered."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, NewType
from uuid import UUID, uuid5

import pytest

from domain.kernel.commands import Command
from domain.kernel.decisions import Decider, Decision
from domain.kernel.events import Authority, Event
from domain.kernel.identifiers import PersonId, derived, stream_name
from domain.kernel.loads import DEPTH, by, climb
from domain.kernel.refusals import NotFound, NotPermitted, Refusal
from domain.kernel.rules import Check, Rule
from domain.kernel.states import NOTHING, Events, Maybe, State, Unguarded

RoomId = NewType("RoomId", UUID)
KeyId = NewType("KeyId", UUID)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ANN = PersonId(UUID(int=1))
HALL, CELLAR, ATTIC = (RoomId(uuid5(ANN, name)) for name in ("hall", "cellar", "attic"))
KEY = KeyId(uuid5(ANN, "key"))


class Opened(Event, wire="house.opened.v1"):
    """A door was opened."""


class Room(State[Opened], kind="house.room", key=(RoomId,)):
    inside: RoomId | None = None
    secret: bool = False
    until: datetime | None = None
    key_of: KeyId | None = None


class Key(State[Opened], kind="house.key", key=(KeyId,)):
    holder: PersonId | None = None


class Visit(State[Opened], kind="house.visit", key=(RoomId, PersonId)):
    welcome: bool = False


class House(State[Opened], kind="house.house", key=()):
    pass


class Enter(Command):
    """Go in."""

    room: RoomId
    other: RoomId | None = None
    people: tuple[PersonId, ...] = ()


class Locked(Refusal, frozen=True):
    """The door is locked."""


def room(identifier: RoomId = HALL, version: int = 3, **fields: Any) -> Room:
    return Room(stream=stream_name("house.room", (identifier,)), version=version, **fields)


def visit(welcome: bool, version: int = 1) -> Visit:
    return Visit(stream=stream_name("house.visit", (HALL, ANN)), version=version, welcome=welcome)


class World:
    """States by stream; counts in how many rounds they were asked for."""

    def __init__(self, *states: State[Any]) -> None:
        self.states = {state.stream: state for state in states}
        self.rounds: list[set[str]] = []

    def consider(self, decider: Decider, command: Command, authority: Authority | None = None) -> Decision:
        at_hand: dict[str, State[Any]] = {}

        def view(_: type[State[Any]], stream: str) -> State[Any] | None:
            return at_hand.get(stream)

        while True:
            decision = decider.consider(command, ANN, NOW, view, authority)
            if not isinstance(decision, set):
                return decision
            self.rounds.append({stream for _, stream in decision})
            at_hand |= {stream: self.states.get(stream) or kind(stream=stream) for kind, stream in decision}


def ask(
    decide: Callable[..., Events | Refusal],
    rule: Rule,
    *states: State[Any],
    authority: Authority | None = None,
    command: Enter | None = None,
) -> Decision:
    return World(*states).consider(Decider(Enter, decide, rule), command or Enter(room=HALL), authority)


def enter(command: Enter, room: Room) -> Events | Locked:
    return room.records(Opened())


def yes() -> bool:
    return True


def no() -> bool:
    return False


def _welcome(visit: Maybe[Visit] = by("room", "actor")) -> bool:
    return visit.welcome


def _open(room: Room) -> bool:
    return not room.secret


anyone, nobody = Check("anyone", yes), Check("nobody", no)
hidden = Check("somebody else", no, hides=True)
welcome = Check("welcome guest", _welcome)
discreet = welcome.known_to(Check("open house", _open, hides=True))


def test_what_is_allowed_says_why_and_guards_what_it_rests_on() -> None:
    decision = ask(enter, welcome, room(), visit(True))
    assert decision.answer == room().records(Opened())
    assert decision.authority == Authority("welcome guest", (visit(True).stream,))
    assert decision.guards == {room().stream: 3, visit(True).stream: 1}


def test_absent_streams_are_guarded_at_version_0() -> None:
    decision = ask(enter, welcome, room())
    assert decision.answer == NotPermitted(authority="welcome guest")
    assert decision.lacking == "welcome guest"
    assert decision.guards == {room().stream: 3, visit(True).stream: 0}
    assert decision.authority is None


def test_what_is_hidden_is_answered_like_what_is_absent() -> None:
    absent, secret = ask(enter, discreet), ask(enter, discreet, room(secret=True))
    assert absent.answer == secret.answer == NotFound(kind="Room")
    assert ask(enter, discreet, room()).answer == NotPermitted(authority="welcome guest")
    assert ask(enter, discreet, room(secret=True), visit(True)).answer == room().records(Opened())


@pytest.mark.parametrize("last", [nobody, Check("nobody at all", no, hides=True), anyone])
def test_nor_does_a_rule_that_comes_later_tell_them_apart(last: Rule) -> None:
    absent, secret = ask(enter, discreet & last), ask(enter, discreet & last, room(secret=True))
    assert absent.answer == secret.answer == NotFound(kind="Room")


def test_a_rule_that_comes_before_is_asked_first_in_both_cases() -> None:
    for states in ((), (room(secret=True),), (room(),)):
        assert ask(enter, nobody & discreet, *states).answer == NotPermitted(authority="nobody")


def test_either_is_enough_and_the_first_that_holds_is_the_authority() -> None:
    decision = ask(enter, nobody | welcome | anyone, room(), visit(True))
    assert decision.authority == Authority("welcome guest", (visit(True).stream,))
    decision = ask(enter, nobody | welcome | anyone, room())
    assert decision.authority == Authority("anyone")
    assert decision.guards == {room().stream: 3}, "what did not carry the decision is not guarded"


def test_of_several_that_fail_only_those_are_told_that_may_be_known() -> None:
    assert ask(enter, nobody | hidden, room()).answer == NotPermitted(authority="nobody")
    assert ask(enter, hidden | hidden, room()).answer == NotFound(kind="Room")
    decision = ask(enter, nobody | welcome, room())
    assert decision.answer == NotPermitted(authority="nobody or welcome guest")


def test_rules_read_as_sentences() -> None:
    assert (anyone & (nobody | welcome)).says == "anyone and (nobody or welcome guest)"
    assert ((anyone & nobody) | welcome).says == "(anyone and nobody) or welcome guest"
    assert (anyone & (nobody | welcome).known_to(hidden)).says == "anyone and (nobody or welcome guest)"


def _for_a_while(room: Room) -> bool | datetime:
    return room.until or False


a_while = Check("guest for a while", _for_a_while)


@pytest.mark.parametrize(
    ("left", "allowed"), [(timedelta(seconds=1), True), (timedelta(0), True), (timedelta(microseconds=-1), False)]
)
def test_what_ends_says_when(left: timedelta, allowed: bool) -> None:
    decision = ask(enter, anyone & a_while, room(until=NOW + left))
    assert decision.not_after == (NOW + left if allowed else None)
    assert isinstance(decision.answer, NotPermitted) is not allowed


def test_the_first_end_counts_and_an_endless_way_has_none() -> None:
    def longer(room: Room) -> datetime:
        assert room.until
        return room.until + timedelta(days=1)

    ends = room(until=NOW + timedelta(hours=1))
    assert ask(enter, Check("longer", longer) & a_while, ends).not_after == ends.until
    assert ask(enter, anyone | a_while, ends).not_after is None
    assert ask(enter, nobody | a_while, ends).not_after == ends.until


def test_two_streams_are_recorded_in_as_one_decision() -> None:
    def enter_twice(command: Enter, room: Room, visit: Maybe[Visit] = by("room", "actor")) -> Events:
        return room.records(Opened()) + visit.records(Opened(), Opened())

    decision = ask(enter_twice, anyone, room())
    assert not isinstance(decision.answer, Refusal)
    assert [happened.stream for happened in decision.answer] == [room().stream, visit(True).stream, visit(True).stream]


def test_what_was_read_without_a_guard_can_not_be_recorded_in() -> None:
    def peek(command: Enter, room: Unguarded[Room]) -> Events:
        return NOTHING

    def meddle(command: Enter, room: Unguarded[Room]) -> Events:
        return room.records(Opened())

    assert ask(peek, anyone, room()).guards == {}
    with pytest.raises(TypeError, match=r"meddle records in .*house\.room.*, which it did not load with a guard"):
        ask(meddle, anyone, room())


def test_a_refusal_rests_on_all_that_was_read() -> None:
    def locked(command: Enter, room: Room) -> Locked | Events:
        return Locked()

    decision = ask(locked, anyone, room())
    assert (decision.answer, decision.guards) == (Locked(), {room().stream: 3})


def test_with_an_authority_given_the_rule_is_neither_asked_nor_loaded() -> None:
    world = World(room())
    decision = world.consider(Decider(Enter, enter, nobody & welcome), Enter(room=HALL), Authority("operator"))
    assert decision.authority == Authority("operator")
    assert decision.guards == {room().stream: 3}
    assert world.rounds == [{room().stream}]
    assert ask(enter, nobody, authority=Authority("operator")).answer == NotFound(kind="Room")


def inside(command: Enter, chain: tuple[Room, ...] = climb("room", "inside")) -> Events:
    return chain[0].records(*(Opened() for _ in chain))


def test_a_climb_goes_to_the_top_and_guards_every_step() -> None:
    rooms = room(HALL, 1, inside=CELLAR), room(CELLAR, 2, inside=ATTIC), room(ATTIC, 3)
    world = World(*rooms)
    decision = world.consider(Decider(Enter, inside, anyone), Enter(room=HALL))
    assert not isinstance(decision.answer, Refusal)
    assert len(decision.answer) == 3
    assert decision.guards == {state.stream: state.version for state in rooms}
    assert world.rounds == [{state.stream} for state in rooms]


def test_a_climb_that_misses_a_step_finds_nothing() -> None:
    assert ask(inside, anyone, room(HALL, inside=CELLAR)).answer == NotFound(kind="Room")


def test_a_climb_ends_where_states_of_different_moments_make_a_circle_and_guards_them_all() -> None:
    decision = ask(inside, anyone, room(HALL, 2, inside=CELLAR), room(CELLAR, 1, inside=HALL))
    assert decision.guards == {room(HALL).stream: 2, room(CELLAR).stream: 1}


def test_a_climb_is_cut_when_deep() -> None:
    many = [RoomId(uuid5(HALL, str(n))) for n in range(DEPTH + 5)]
    deep = [room(one, inside=above) for one, above in pairwise(many)]
    decision = ask(inside, anyone, *deep, command=Enter(room=many[0]))
    assert len(decision.guards) == DEPTH


def test_a_climb_from_nowhere() -> None:
    def maybe_inside(command: Enter, chain: tuple[Room, ...] | None = climb("other", "inside")) -> Events:
        assert chain is None or len(chain) == 1
        return NOTHING

    assert ask(maybe_inside, anyone).guards == {}
    assert ask(maybe_inside, anyone, room(CELLAR), command=Enter(room=HALL, other=CELLAR)).guards == {room(CELLAR).stream: 3}
    absent = ask(maybe_inside, anyone, command=Enter(room=HALL, other=CELLAR))
    assert absent.answer == NotFound(kind="Room")


def test_a_check_whose_states_can_not_be_named_does_not_hold() -> None:
    def inside_of(scopes: tuple[Room, ...] = climb("other", "inside")) -> bool:
        return True

    rule = Check("inside", inside_of)
    assert ask(enter, rule, room()).answer == NotPermitted(authority="inside")
    assert ask(enter, rule | anyone, room()).authority == Authority("anyone")
    assert ask(enter, rule, room(), command=Enter(room=HALL, other=HALL)).authority == Authority("inside", (room().stream,))


def with_key(command: Enter, room: Room, key: Key = by("room.key_of")) -> Events:
    return key.records(Opened())


def test_a_state_that_another_one_names() -> None:
    key = Key(stream=stream_name("house.key", (KEY,)), version=7, holder=ANN)
    decision = ask(with_key, anyone, room(key_of=KEY), key)
    assert decision.guards == {room().stream: 3, key.stream: 7}
    assert ask(with_key, anyone, room()).answer == NotFound(kind="Key"), "what must exist isn't even named"
    assert ask(with_key, anyone, room(key_of=KEY)).answer == NotFound(kind="Key")
    assert ask(with_key, anyone).answer == NotFound(kind="Room")


def test_what_is_absent_is_named_only_to_who_may_know_of_the_rest() -> None:
    absent_key, secret = room(key_of=KEY), room(key_of=KEY, secret=True)
    assert ask(with_key, discreet, absent_key, visit(True)).answer == NotFound(kind="Key")
    assert ask(with_key, discreet, absent_key).answer == NotPermitted(authority="welcome guest")
    assert ask(with_key, discreet, secret).answer == ask(with_key, discreet).answer == NotFound(kind="Room")


def test_nor_is_it_named_where_the_rule_could_not_be_asked() -> None:
    def other_is_open(other: Key = by("room.key_of")) -> bool:
        return other.holder is None

    def look(command: Enter, room: Room) -> Events:
        return NOTHING

    rule, keyless = Check("a free key", other_is_open) & discreet, Check("a free key", other_is_open)
    for states in ((), (room(key_of=KEY),), (room(key_of=KEY, secret=True),)):
        assert ask(look, rule, *states).answer == NotFound(kind="Room")
    assert ask(look, keyless, room(key_of=KEY)).answer == NotFound(kind="Key"), "nothing is hidden by this rule"


def test_a_rule_rests_on_what_named_its_states() -> None:
    def held(key: Key = by("room.key_of")) -> bool:
        return key.holder == ANN

    def look(command: Enter) -> Events:
        return NOTHING

    def rooms_key(room: Room) -> bool:
        return room.key_of is not None

    key = Key(stream=stream_name("house.key", (KEY,)), version=7, holder=ANN)
    decision = ask(look, Check("a room with a key", rooms_key) | nobody, room(key_of=KEY), key)
    assert decision.guards == {room().stream: 3}
    decision = ask(look, nobody | Check("holder of the key", held) | Check("with a key", rooms_key), room(key_of=KEY), key)
    assert decision.guards == {room().stream: 3, key.stream: 7}


def all_of_them(command: Enter, visits: tuple[Maybe[Visit], ...] = by("room", "people")) -> Events:
    return tuple(happened for each in visits for happened in each.records(Opened()))


def none_missing(command: Enter, visits: tuple[Visit, ...] = by("room", "people")) -> Events:
    return tuple(happened for each in visits for happened in each.records(Opened()))


def test_one_state_for_each_of_a_list() -> None:
    bo = PersonId(UUID(int=2))
    both = Enter(room=HALL, people=(ANN, bo))
    decision = ask(all_of_them, anyone, visit(True), command=both)
    assert [*decision.guards.values()] == [1, 0]
    assert ask(none_missing, anyone, visit(True), command=both).answer == NotFound(kind="Visit")
    assert ask(none_missing, anyone, visit(True), command=Enter(room=HALL, people=(ANN, ANN))).guards == {visit(True).stream: 1}
    assert ask(none_missing, anyone).answer == NOTHING, "an empty list lacks nothing"


def test_a_state_of_which_there_is_one() -> None:
    def whole(command: Enter, house: Maybe[House] = by()) -> Events:
        return house.records(Opened())

    decision = ask(whole, anyone)
    assert decision.guards == {House.at().stream: 0}


def test_the_same_decision_under_a_standing_rule() -> None:
    world: Mapping[str, bool] = {"anyone": True, "nobody": False}
    for standing in (anyone, nobody):
        decision = World(room()).consider(Decider(Enter, enter, anyone).under(standing), Enter(room=HALL))
        assert isinstance(decision.answer, NotPermitted) is not world[standing.says]
    decision = World(room(), visit(True)).consider(Decider(Enter, enter, welcome).under(anyone), Enter(room=HALL))
    assert decision.authority
    assert decision.authority.rule == "anyone and welcome guest"


def test_identifiers() -> None:
    assert stream_name("house.room", (HALL,)) == f"house.room/{HALL}"
    assert stream_name("house.visit", (HALL, ANN)) != stream_name("house.visit", (RoomId(ANN), PersonId(HALL)))
    assert room().thing == HALL
    assert derived("a", "b") != derived("ab")
    with pytest.raises(ValueError, match="joined by"):
        derived("a\x1fb")
