"""Who belongs to departments, leads them, and which is somebody's first."""

from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.directory.commands.membership import AppointLeader, DismissLeader, JoinDepartment, LeaveDepartment
from domain.directory.department import DepartmentIsClosed
from domain.directory.events.membership import DepartmentJoined, DepartmentLeft, LeaderAppointed, LeaderDismissed
from domain.directory.events.person import PrimaryDepartmentChanged
from domain.directory.membership import DepartmentMembership, NotInDepartment
from domain.directory.person import HasLeft, Person
from domain.kernel.commands import Command
from domain.kernel.refusals import NotFound, NotPermitted
from tests.directory.words import (
    ANN,
    BO,
    CHEN,
    COMPANY,
    EAST,
    PLANT,
    ROOT,
    SALES,
    administrator,
    belongs,
    closed,
    department,
    left,
)
from tests.story import given, person

TAKING_OVER = "primary administrator or no other primary department or grant of directory.membership.manage"
NOT_PERMITTED = NotPermitted(
    authority="primary administrator or administrator of the department or grant of directory.membership.manage"
)


def test_a_first_and_a_further_department() -> None:
    story = given(COMPANY).when(JoinDepartment(department=SALES, person=BO, primary=True), by=ROOT)
    story.then(DepartmentJoined(department=SALES, person=BO), PrimaryDepartmentChanged(person=BO, department=SALES))
    story.when(JoinDepartment(department=PLANT, person=BO), by=ROOT).then(DepartmentJoined(department=PLANT, person=BO))
    assert story.state(Person.at(BO)).primary == SALES
    story.when(JoinDepartment(department=PLANT, person=BO, primary=True), by=ROOT)
    story.then(PrimaryDepartmentChanged(person=BO, department=PLANT))


def test_who_leaves_their_first_department_has_none() -> None:
    story = given(COMPANY).when(JoinDepartment(department=SALES, person=BO, primary=True), by=ROOT)
    story.when(LeaveDepartment(department=SALES, person=BO), by=ROOT)
    story.then(DepartmentLeft(department=SALES, person=BO), PrimaryDepartmentChanged(person=BO))


def test_who_leaves_a_further_one_keeps_the_first() -> None:
    story = given(COMPANY, belongs(BO, PLANT)).when(JoinDepartment(department=SALES, person=BO, primary=True), by=ROOT)
    story.when(LeaveDepartment(department=PLANT, person=BO), by=ROOT).then(DepartmentLeft(department=PLANT, person=BO))


def test_leaders() -> None:
    story = given(COMPANY)
    story.when(AppointLeader(department=SALES, person=BO), by=ROOT).refused(NotInDepartment(department=SALES, person=BO))
    story.given(belongs(BO, SALES)).when(AppointLeader(department=SALES, person=BO), by=ROOT)
    story.then(LeaderAppointed(department=SALES, person=BO))
    story.when(DismissLeader(department=SALES, person=BO), by=ROOT).then(LeaderDismissed(department=SALES, person=BO))


def test_who_leaves_leads_no_longer() -> None:
    story = given(COMPANY, belongs(BO, SALES, leads=True)).when(LeaveDepartment(department=SALES, person=BO), by=ROOT)
    assert not story.state(DepartmentMembership.at(SALES, BO)).leader


def test_nobody_joins_a_closed_department_and_nobody_who_left() -> None:
    story = given(COMPANY, closed(EAST), left(BO), belongs(CHEN, EAST))
    story.when(JoinDepartment(department=EAST, person=ANN), by=ROOT).refused(DepartmentIsClosed(department=EAST))
    story.when(JoinDepartment(department=SALES, person=BO), by=ROOT).refused(HasLeft(person=BO))
    story.when(AppointLeader(department=EAST, person=CHEN), by=ROOT).refused(DepartmentIsClosed(department=EAST))
    story.when(JoinDepartment(department=SALES, person=person("nobody")), by=ROOT).refused(NotFound(kind="Person"))
    story.when(JoinDepartment(department=department("none"), person=BO), by=ROOT).refused(NotFound(kind="Department"))
    story.when(LeaveDepartment(department=EAST, person=CHEN), by=ROOT).then(DepartmentLeft(department=EAST, person=CHEN))


def test_department_administrators_stay_within_their_scope() -> None:
    story = given(COMPANY, administrator(ANN, SALES))
    story.when(JoinDepartment(department=EAST, person=BO, primary=True), by=ANN).allowed_by(
        "active person and administrator of the department and no other primary department"
    )
    story.when(JoinDepartment(department=PLANT, person=BO), by=ANN).refused(NOT_PERMITTED)
    story.when(LeaveDepartment(department=PLANT, person=BO), by=ANN).refused(NOT_PERMITTED)
    story.when(JoinDepartment(department=PLANT, person=CHEN, primary=True), by=ROOT)
    taking_over = JoinDepartment(department=SALES, person=CHEN, primary=True)
    story.when(taking_over, by=ANN).refused(NotPermitted(authority=TAKING_OVER))
    story.when(JoinDepartment(department=SALES, person=CHEN), by=ANN).then(DepartmentJoined(department=SALES, person=CHEN))


places, people = st.sampled_from([SALES, EAST, PLANT]), st.sampled_from([ANN, BO])
wishes: st.SearchStrategy[Command] = st.one_of(
    st.builds(JoinDepartment, department=places, person=people, primary=st.booleans()),
    st.builds(LeaveDepartment, department=places, person=people),
    st.builds(AppointLeader, department=places, person=people),
    st.builds(DismissLeader, department=places, person=people),
)


@for_all(st.lists(wishes, max_size=30))
def test_whatever_is_wished_one_leads_and_is_first_only_where_one_belongs(asked: list[Command]) -> None:
    story = given(COMPANY)
    for wish in asked:
        story.when(wish, by=ROOT)  # asks twice, and checks
        for who in (ANN, BO):
            first = story.state(Person.at(who)).primary
            assert first is None or story.state(DepartmentMembership.at(first, who)).active
            for where in (SALES, EAST, PLANT):
                membership = story.state(DepartmentMembership.at(where, who))
                assert membership.active or not membership.leader
