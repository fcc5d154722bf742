"""The directory against a plain model of it, told from the mission's words: whatever is wished, in whatever order and time."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.directory.commands.department import CloseDepartment, FollowMerge, MergeDepartment, MoveDepartment, OpenDepartment
from domain.directory.commands.membership import AppointLeader, JoinDepartment, LeaveDepartment
from domain.directory.commands.person import OffboardPerson, ReinstatePerson, SuspendPerson, UndoOffboarding
from domain.directory.commands.reporting import ChangeManager, DrawDottedLine, EraseDottedLine
from domain.directory.department import Department
from domain.directory.ids import DepartmentId
from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person
from domain.directory.reporting import ReportingLine
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId
from domain.kernel.refusals import Refusal
from tests.directory.words import ANN, BO, CHEN, COMPANY, ROOT, department
from tests.story import NOON, given

PEOPLE = (ANN, BO, CHEN)
PLACES = tuple(department(f"place {n}") for n in range(3))
people, places = st.sampled_from(PEOPLE), st.sampled_from(PLACES)


class Directory(RuleBasedStateMachine):
    """The fields are the model: what is so by what was wished. Every rule says whether the wish must be granted."""

    def __init__(self) -> None:
        super().__init__()
        self.story = given(COMPANY)
        self.parent: dict[DepartmentId, DepartmentId | None] = {}
        self.ended: dict[DepartmentId, str] = {}
        self.members: set[tuple[DepartmentId, PersonId]] = set()
        self.leaders: set[tuple[DepartmentId, PersonId]] = set()
        self.first: dict[PersonId, DepartmentId] = {}
        self.manager: dict[PersonId, PersonId] = {}
        self.dotted: set[tuple[PersonId, PersonId]] = set()
        self.standing = dict.fromkeys(PEOPLE, "active")
        self.left: dict[PersonId, tuple[str, PersonId | None, Any]] = {}
        self.now = NOON

    def ask(self, wish: Command, granted: bool) -> bool:
        self.story.at(self.now).when(wish, by=ROOT)
        assert self.story.last
        answer = self.story.last.answer
        assert isinstance(answer, Refusal) != granted, f"{wish!r}: {answer}"
        return granted

    def takes(self, place: DepartmentId | None) -> bool:
        return place is None or (place in self.parent and place not in self.ended)

    def above(self, place: DepartmentId | None) -> list[DepartmentId]:
        found = []
        while place is not None:
            found.append(place)
            place = self.parent[place]
        return found

    @initialize(deep=st.booleans(), where=st.lists(places, min_size=len(PEOPLE), max_size=len(PEOPLE)))
    def begin(self, deep: bool, where: list[DepartmentId]) -> None:
        """Where something stands already, more can go wrong."""
        for above, place in zip((None, *PLACES), PLACES, strict=False):
            self.open(place, above if deep else None)
        for who, place in zip(PEOPLE, where, strict=True):
            self.join(place, who, primary=True)
        for who, to in pairwise(PEOPLE):
            self.report(who, to)

    @rule(place=places, parent=st.none() | places)
    def open(self, place: DepartmentId, parent: DepartmentId | None) -> None:
        same = place in self.parent and self.parent[place] == parent
        there = parent is None or parent in self.parent
        new = place not in self.parent and place != parent and self.takes(parent)
        if self.ask(OpenDepartment(department=place, name="…", parent=parent), there and (same or new)) and not same:
            self.parent[place] = parent

    @rule(place=places, parent=st.none() | places)
    def move(self, place: DepartmentId, parent: DepartmentId | None) -> None:
        known = place in self.parent and (parent is None or parent in self.parent)
        same = known and self.parent[place] == parent
        fits = known and place not in self.above(parent) and self.takes(parent) and self.ended.get(place) != "merged"
        if self.ask(MoveDepartment(department=place, parent=parent), same or fits):
            self.parent[place] = parent

    @rule(place=places, into=places)
    def merge(self, place: DepartmentId, into: DepartmentId) -> None:
        known = place in self.parent and into in self.parent
        done = known and self.ended.get(place) == "merged"
        same = done and self.parent[place] == into
        fits = known and not done and place not in self.above(into) and self.takes(into)
        if self.ask(MergeDepartment(department=place, into=into), same or fits):
            self.parent[place], self.ended[place] = into, "merged"

    @rule(place=places, who=people)
    def follow(self, place: DepartmentId, who: PersonId) -> None:
        granted = self.ask(FollowMerge(department=place, person=who), place in self.parent)
        if granted and self.ended.get(place) == "merged" and (place, who) in self.members:
            into = self.parent[place]
            assert into is not None
            self.members.add((into, who))
            self.members.discard((place, who))
            self.leaders.discard((place, who))
            if self.first.get(who) == place:
                self.first[who] = into

    @rule(place=places, into=places)
    def merge_with_all(self, place: DepartmentId, into: DepartmentId) -> None:
        """As it usually goes: one at a time would seldom meet."""
        self.merge(place, into)
        for who in PEOPLE:
            self.follow(place, who)

    @rule(place=places)
    def close(self, place: DepartmentId) -> None:
        if self.ask(CloseDepartment(department=place), place in self.parent):
            self.ended.setdefault(place, "closed")

    @rule(place=places, who=people, primary=st.booleans())
    def join(self, place: DepartmentId, who: PersonId, primary: bool) -> None:
        nothing_new = (place, who) in self.members and not (primary and self.first.get(who) != place)
        granted = place in self.parent and (nothing_new or (self.takes(place) and self.standing[who] != "left"))
        if self.ask(JoinDepartment(department=place, person=who, primary=primary), granted):
            self.members.add((place, who))
            if primary:
                self.first[who] = place

    @rule(place=places, who=people)
    def leave(self, place: DepartmentId, who: PersonId) -> None:
        if self.ask(LeaveDepartment(department=place, person=who), place in self.parent):
            self.members.discard((place, who))
            self.leaders.discard((place, who))
            if self.first.get(who) == place:
                del self.first[who]

    @rule(place=places, who=people)
    def appoint(self, place: DepartmentId, who: PersonId) -> None:
        new = (place, who) in self.members and self.takes(place) and self.standing[who] != "left"
        granted = place in self.parent and ((place, who) in self.leaders or new)
        if self.ask(AppointLeader(department=place, person=who), granted):
            self.leaders.add((place, who))

    @rule(who=people, to=st.none() | people)
    def report(self, who: PersonId, to: PersonId | None) -> None:
        circle, at = False, to
        while at is not None:
            circle, at = circle or at == who, self.manager.get(at)
        granted = self.manager.get(who) == to or to is None or not (circle or self.standing[to] == "left")
        if self.ask(ChangeManager(person=who, manager=to), granted):
            self.manager.pop(who, None)
            if to is not None:
                self.manager[who] = to

    @rule(who=people, to=people, drawn=st.booleans())
    def dot(self, who: PersonId, to: PersonId, drawn: bool) -> None:
        if drawn:
            granted = (who, to) in self.dotted or (who != to and self.standing[to] != "left")
            if self.ask(DrawDottedLine(person=who, to=to), granted):
                self.dotted.add((who, to))
        elif self.ask(EraseDottedLine(person=who, to=to), True):
            self.dotted.discard((who, to))

    @rule(who=people)
    def suspend(self, who: PersonId) -> None:
        if self.ask(SuspendPerson(person=who), self.standing[who] != "left"):
            self.standing[who] = "suspended"

    @rule(who=people)
    def reinstate(self, who: PersonId) -> None:
        self.ask(ReinstatePerson(person=who), True)
        self.standing[who] = "active"
        self.left.pop(who, None)

    @rule(who=people, successor=st.none() | people, undo=st.sampled_from([None, 1, 2, 3]))
    def offboard(self, who: PersonId, successor: PersonId | None, undo: int | None) -> None:
        until = None if undo is None else self.now + timedelta(days=undo)
        again = self.standing[who] == "left" and self.left[who][1:] == (successor, until)
        fits = successor is None or (successor != who and self.standing[successor] == "active")
        wish = OffboardPerson(person=who, successor=successor, undo_until=until)
        if self.ask(wish, again or (self.standing[who] != "left" and fits)) and not again:
            self.left[who] = self.standing[who], successor, until
            self.standing[who] = "left"

    @rule(which=st.integers(0, len(PEOPLE) - 1), passed=st.integers(0, 3))
    def undo(self, which: int, passed: int) -> None:
        self.now += timedelta(days=passed)
        gone = [who for who in PEOPLE if self.standing[who] == "left"] or PEOPLE
        who = gone[which % len(gone)]
        until = self.left[who][2] if self.standing[who] == "left" else None
        granted = self.standing[who] != "left" or (until is not None and self.now <= until)
        if self.ask(UndoOffboarding(person=who), granted) and self.standing[who] == "left":
            self.standing[who] = self.left.pop(who)[0]

    @rule(who=people, suspended=st.booleans())
    def offboard_by_mistake(self, who: PersonId, suspended: bool) -> None:
        """As it usually goes: the undoing comes soon after."""
        if suspended:
            self.suspend(who)
        self.offboard(who, None, 1)
        self.undo([each for each in PEOPLE if self.standing[each] == "left"].index(who) if self.standing[who] == "left" else 0, 0)

    @invariant()
    def it_is_as_the_model_has_it(self) -> None:
        for place in PLACES:
            state = self.story.state(Department.at(place))
            assert state.exists == (place in self.parent)
            assert state.parent == self.parent.get(place)
            assert state.status == (self.ended.get(place, "open") if state.exists else "new")
            assert len(self.above(place) if state.exists else ()) <= len(PLACES)
            for who in PEOPLE:
                belonging = self.story.state(DepartmentMembership.at(place, who))
                assert belonging.active == ((place, who) in self.members)
                assert belonging.leader == ((place, who) in self.leaders)
        for who in PEOPLE:
            one, line = self.story.state(Person.at(who)), self.story.state(ReportingLine.at(who))
            assert (one.status, one.primary) == (self.standing[who], self.first.get(who))
            assert one.successor == (self.left[who][1] if one.status == "left" else None)
            assert (line.manager, line.dotted) == (self.manager.get(who), frozenset(to for by, to in self.dotted if by == who))

    @invariant()
    def one_is_first_and_leads_only_where_one_belongs(self) -> None:
        assert self.leaders <= self.members
        assert {(place, who) for who, place in self.first.items()} <= self.members


Directory.TestCase.settings = settings(
    max_examples=150, stateful_step_count=50, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)
test_the_directory_is_as_its_model = Directory.TestCase
