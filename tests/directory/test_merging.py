"""Departments that become part of others: what was theirs follows, and what they were stays."""

from domain.directory.commands.department import FollowMerge, MergeDepartment, MoveDepartment, OpenDepartment
from domain.directory.commands.membership import JoinDepartment
from domain.directory.department import Department, DepartmentIsClosed, WouldBeCircular
from domain.directory.events.department import DepartmentMerged
from domain.directory.events.membership import DepartmentJoined, DepartmentLeft
from domain.directory.events.person import PrimaryDepartmentChanged
from domain.directory.membership import DepartmentMembership
from domain.kernel.refusals import NotPermitted
from tests.directory.words import (
    ANN,
    BO,
    CHEN,
    COMPANY,
    EAST,
    PLANT,
    ROOT,
    SALES,
    SHANGHAI,
    administrator,
    belongs,
    closed,
    department,
    first,
)
from tests.story import given

MERGE = MergeDepartment(department=EAST, into=PLANT)


def test_a_department_becomes_part_of_another() -> None:
    story = given(COMPANY).when(MERGE, by=ROOT).then(DepartmentMerged(into=PLANT))
    assert story.state(Department.at(EAST)).parent == PLANT
    assert story.state(Department.at(SHANGHAI)).parent == EAST
    story.when(MergeDepartment(department=EAST, into=SALES), by=ROOT).refused(DepartmentIsClosed(department=EAST))


def test_nobody_and_nothing_comes_to_it_any_more() -> None:
    story, gone = given(COMPANY).when(MERGE, by=ROOT), DepartmentIsClosed(department=EAST)
    story.when(JoinDepartment(department=EAST, person=ANN), by=ROOT).refused(gone)
    story.when(OpenDepartment(department=department("new"), name="x", parent=EAST), by=ROOT).refused(gone)
    story.when(MoveDepartment(department=EAST), by=ROOT).refused(gone)


def test_nothing_becomes_part_of_itself_or_of_what_is_below_it_or_closed() -> None:
    story = given(COMPANY, closed(PLANT))
    for into in (SALES, SHANGHAI):
        refusal = WouldBeCircular(department=SALES, parent=into)
        story.when(MergeDepartment(department=SALES, into=into), by=ROOT).refused(refusal)
    story.when(MERGE, by=ROOT).refused(DepartmentIsClosed(department=PLANT))


def test_two_do_not_become_part_of_each_other_at_once() -> None:
    other = MergeDepartment(department=PLANT, into=EAST)
    assert given(COMPANY).race((MERGE, ROOT), (other, ROOT)) == [True, False]


def test_members_follow() -> None:
    story = given(COMPANY, belongs(ANN, EAST, leads=True), first(ANN, EAST), belongs(BO, EAST), belongs(BO, PLANT))
    story.when(FollowMerge(department=EAST, person=ANN), by=ROOT).then_nothing()
    story.when(MERGE, by=ROOT)
    story.when(FollowMerge(department=EAST, person=ANN), by=ROOT).then(
        DepartmentJoined(department=PLANT, person=ANN),
        DepartmentLeft(department=EAST, person=ANN),
        PrimaryDepartmentChanged(person=ANN, department=PLANT),
    )
    assert not story.state(DepartmentMembership.at(PLANT, ANN)).leader
    story.when(FollowMerge(department=EAST, person=BO), by=ROOT).then(DepartmentLeft(department=EAST, person=BO))
    story.when(FollowMerge(department=EAST, person=CHEN), by=ROOT).then_nothing()


def test_who_administers_what_it_became_administers_what_is_below_it_and_nobody_more_than_before() -> None:
    story = given(COMPANY, administrator(ANN, PLANT), administrator(BO, EAST)).when(MERGE, by=ROOT)
    joining = JoinDepartment(department=SHANGHAI, person=CHEN)
    story.when(joining, by=ANN).allowed_by("active person and administrator of the department and no other primary department")
    lacking = NotPermitted(
        authority="primary administrator or administrator of the department or grant of directory.membership.manage"
    )
    story.when(JoinDepartment(department=PLANT, person=CHEN), by=BO).refused(lacking)


def test_only_a_primary_administrator_merges() -> None:
    story = given(COMPANY, administrator(ANN, SALES), administrator(ANN, PLANT))
    story.when(MERGE, by=ANN).refused(NotPermitted(authority="primary administrator"))
