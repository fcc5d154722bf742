"""Departments: a tree that never becomes anything else."""

from itertools import pairwise

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.directory.commands.department import CloseDepartment, MoveDepartment, OpenDepartment, RenameDepartment
from domain.directory.department import LEVELS, Department, DepartmentIsClosed, TooDeep, WouldBeCircular
from domain.directory.events.department import DepartmentClosed, DepartmentMoved, DepartmentOpened, DepartmentRenamed
from domain.directory.ids import DepartmentId
from domain.kernel.refusals import IdTaken, NotFound, NotPermitted
from tests.directory.words import (
    ANN,
    COMPANY,
    EAST,
    PLANT,
    ROOT,
    SALES,
    SHANGHAI,
    administrator,
    closed,
    department,
    opened,
)
from tests.story import Story, given

NEW = department("new")
NOT_PERMITTED = NotPermitted(
    authority="primary administrator or administrator of the department or grant of directory.department.manage"
)


def test_opening_at_the_top_and_below() -> None:
    given(COMPANY).when(OpenDepartment(department=NEW, name="法务"), by=ROOT).then(DepartmentOpened(name="法务"))
    opening = OpenDepartment(department=NEW, name="Beijing", parent=EAST)
    given(COMPANY).when(opening, by=ROOT).then(DepartmentOpened(name="Beijing", parent=EAST))


def test_an_id_is_one_department() -> None:
    given(COMPANY).when(OpenDepartment(department=EAST, name="East", parent=SALES), by=ROOT).refused(IdTaken(id=EAST))


def test_nothing_is_opened_below_what_is_not_there_or_closed() -> None:
    story = given(COMPANY, closed(EAST))
    story.when(OpenDepartment(department=NEW, name="x", parent=department("none")), by=ROOT).refused(NotFound(kind="Department"))
    story.when(OpenDepartment(department=NEW, name="x", parent=EAST), by=ROOT).refused(DepartmentIsClosed(department=EAST))
    story.when(MoveDepartment(department=PLANT, parent=EAST), by=ROOT).refused(DepartmentIsClosed(department=EAST))


def test_a_department_administrator_works_within_and_below_their_department() -> None:
    story = given(COMPANY, administrator(ANN, EAST))
    story.when(OpenDepartment(department=NEW, name="Suzhou", parent=SHANGHAI), by=ANN).allowed_by(
        "active person and administrator of the department"
    )
    story.when(RenameDepartment(department=EAST, name="华东"), by=ANN).then(DepartmentRenamed(name="华东"))
    for wish in (
        OpenDepartment(department=department("other"), name="x", parent=SALES),
        OpenDepartment(department=department("other"), name="x"),
        RenameDepartment(department=SALES, name="x"),
        CloseDepartment(department=PLANT),
    ):
        story.when(wish, by=ANN).refused(NOT_PERMITTED)
    story.when(MoveDepartment(department=SHANGHAI, parent=PLANT), by=ANN).refused(NotPermitted(authority="primary administrator"))


def test_the_authority_names_the_chain_that_it_was_read_from() -> None:
    story = given(COMPANY, administrator(ANN, SALES)).when(RenameDepartment(department=SHANGHAI, name="沪"), by=ANN)
    assert story.last
    assert story.last.authority
    assert {Department.at(one).stream for one in (SHANGHAI, EAST, SALES)} <= set(story.last.authority.streams)
    assert story.last.guards.keys() >= {Department.at(one).stream for one in (SHANGHAI, EAST, SALES)}


def test_moving() -> None:
    story = given(COMPANY).when(MoveDepartment(department=EAST, parent=PLANT), by=ROOT).then(DepartmentMoved(parent=PLANT))
    story.when(MoveDepartment(department=EAST), by=ROOT).then(DepartmentMoved(parent=None))


@pytest.mark.parametrize("below", [SALES, EAST, SHANGHAI])
def test_a_department_never_comes_below_itself(below: DepartmentId) -> None:
    circular = WouldBeCircular(department=SALES, parent=below)
    given(COMPANY).when(MoveDepartment(department=SALES, parent=below), by=ROOT).refused(circular)


def test_two_moves_at_once_can_not_make_a_circle_together() -> None:
    story = given(COMPANY)
    into_sales, into_plant = MoveDepartment(department=PLANT, parent=SHANGHAI), MoveDepartment(department=SALES, parent=PLANT)
    assert story.race((into_sales, ROOT), (into_plant, ROOT)) == [True, False]
    story.when(into_plant, by=ROOT).refused(WouldBeCircular(department=SALES, parent=PLANT))


def test_nothing_is_opened_below_what_is_closed_at_the_same_time() -> None:
    story, closing = given(COMPANY), CloseDepartment(department=EAST)
    assert story.race((closing, ROOT), (OpenDepartment(department=NEW, name="x", parent=EAST), ROOT)) == [True, False]


def test_closing() -> None:
    story = given(COMPANY).when(CloseDepartment(department=EAST), by=ROOT).then(DepartmentClosed())
    story.when(RenameDepartment(department=EAST, name="x"), by=ROOT).refused(DepartmentIsClosed(department=EAST))
    story.when(MoveDepartment(department=EAST, parent=PLANT), by=ROOT).then(DepartmentMoved(parent=PLANT))


def test_a_tree_is_not_too_deep() -> None:
    chain = [department(f"level {n}") for n in range(LEVELS + 1)]
    story = given(COMPANY, opened(chain[0]))
    for above, below in pairwise(chain):
        story.given(opened(below, below=above))
    too_deep = TooDeep(levels=LEVELS)
    story.when(OpenDepartment(department=NEW, name="x", parent=chain[LEVELS]), by=ROOT).refused(too_deep)
    story.when(MoveDepartment(department=PLANT, parent=chain[LEVELS]), by=ROOT).refused(too_deep)
    opening = OpenDepartment(department=NEW, name="x", parent=chain[LEVELS - 1])
    story.when(opening, by=ROOT).then(DepartmentOpened(name="x", parent=chain[LEVELS - 1]))


FEW = [department(f"d{n}") for n in range(5)]
some = st.sampled_from(FEW)
names = st.sampled_from(["North", "南方"])
wishes = st.one_of(
    st.builds(OpenDepartment, department=some, name=names, parent=st.none() | some),
    st.builds(RenameDepartment, department=some, name=names),
    st.builds(MoveDepartment, department=some, parent=st.none() | some),
    st.builds(CloseDepartment, department=some),
)


@for_all(st.lists(wishes, max_size=30))
def test_whatever_is_wished_departments_are_a_tree_and_asking_twice_changes_nothing(
    asked: list[OpenDepartment | RenameDepartment | MoveDepartment | CloseDepartment],
) -> None:
    story = given(COMPANY)
    for wish in asked:
        story.when(wish, by=ROOT)  # asks twice, and checks
        _is_a_tree(story)


@for_all(st.lists(st.tuples(wishes, wishes, wishes), max_size=12))
def test_nor_does_it_matter_what_is_wished_at_the_same_time(
    asked: list[tuple[OpenDepartment | RenameDepartment | MoveDepartment | CloseDepartment, ...]],
) -> None:
    story = given(COMPANY)
    for together in asked:
        story.race(*((wish, ROOT) for wish in together))
        _is_a_tree(story)


def _is_a_tree(story: Story) -> None:
    for one in FEW:
        seen = set()
        above: DepartmentId | None = one
        while above is not None:
            assert above not in seen
            seen.add(above)
            state = story.state(Department.at(above))
            assert state.exists or above == one
            above = state.parent
