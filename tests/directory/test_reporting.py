"""Reporting lines: one manager, dotted lines, and never a circle."""

from itertools import pairwise

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.directory.commands.reporting import ChangeManager, DrawDottedLine, EraseDottedLine
from domain.directory.events.reporting import DottedLineDrawn, DottedLineErased, ManagerChanged
from domain.directory.person import HasLeft
from domain.directory.reporting import LEVELS, ReportingLine, TooManyManagers, WouldReportToThemselves
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId
from domain.kernel.refusals import NotFound, NotPermitted
from tests.directory.words import ANN, BO, CHEN, COMPANY, DI, ROOT, SALES, administrator, first, left, reports
from tests.story import Story, given, joined, person

THEIRS = "active person and administrator of the department and somebody who administers nothing"
NEVER_CAME = person("never came")


def test_somebody_gets_a_manager_another_one_and_none() -> None:
    story = given(COMPANY)
    for manager in (BO, CHEN, None):
        story.when(ChangeManager(person=ANN, manager=manager), by=ROOT).then(ManagerChanged(person=ANN, manager=manager))
        assert story.state(ReportingLine.at(ANN)).manager == manager


@pytest.mark.parametrize("above", [(), (BO,), (BO, CHEN, DI)])
def test_nobody_reports_to_themselves(above: tuple[PersonId, ...]) -> None:
    story = given(COMPANY, *(reports(lower, higher) for lower, higher in pairwise((*reversed(above), ANN))))
    lowest = above[-1] if above else ANN
    refusal = WouldReportToThemselves(person=ANN, manager=lowest)
    story.when(ChangeManager(person=ANN, manager=lowest), by=ROOT).refused(refusal)


def test_nor_do_two_report_to_each_other_at_once() -> None:
    story = given(COMPANY)
    to_bo, to_ann = ChangeManager(person=ANN, manager=BO), ChangeManager(person=BO, manager=ANN)
    assert story.race((to_bo, ROOT), (to_ann, ROOT)) == [True, False]
    story.when(to_ann, by=ROOT).refused(WouldReportToThemselves(person=BO, manager=ANN))


def test_a_line_is_not_too_long() -> None:
    people = [person(f"level {n}") for n in range(LEVELS + 1)]
    story = given(COMPANY, joined(*people), *(reports(lower, higher) for higher, lower in pairwise(people)))
    story.when(ChangeManager(person=ANN, manager=people[LEVELS]), by=ROOT).refused(TooManyManagers(levels=LEVELS))
    story.when(ChangeManager(person=ANN, manager=people[LEVELS - 1]), by=ROOT)
    story.then(ManagerChanged(person=ANN, manager=people[LEVELS - 1]))


def test_a_manager_is_there() -> None:
    story = given(COMPANY, left(BO))
    story.when(ChangeManager(person=ANN, manager=BO), by=ROOT).refused(HasLeft(person=BO))
    story.when(ChangeManager(person=ANN, manager=NEVER_CAME), by=ROOT).refused(NotFound(kind="Person"))
    story.when(DrawDottedLine(person=ANN, to=BO), by=ROOT).refused(HasLeft(person=BO))


def test_dotted_lines() -> None:
    story = given(COMPANY, reports(ANN, BO))
    story.when(DrawDottedLine(person=ANN, to=CHEN), by=ROOT).then(DottedLineDrawn(person=ANN, to=CHEN))
    story.when(DrawDottedLine(person=CHEN, to=ANN), by=ROOT).then(DottedLineDrawn(person=CHEN, to=ANN))
    story.when(DrawDottedLine(person=ANN, to=ANN), by=ROOT).refused(WouldReportToThemselves(person=ANN, manager=ANN))
    story.when(EraseDottedLine(person=ANN, to=CHEN), by=ROOT).then(DottedLineErased(person=ANN, to=CHEN))
    story.when(EraseDottedLine(person=ANN, to=DI), by=ROOT).then_nothing()
    assert story.state(ReportingLine.at(ANN)).manager == BO


def test_administrators_of_somebodys_first_department_say_to_whom_they_report() -> None:
    story = given(COMPANY, administrator(ANN, SALES), first(BO, SALES))
    story.when(ChangeManager(person=BO, manager=CHEN), by=ANN).allowed_by(THEIRS)
    lacking = NotPermitted(
        authority="primary administrator or administrator of the department or grant of directory.person.manage"
    )
    story.when(ChangeManager(person=CHEN, manager=BO), by=ANN).refused(lacking)


FEW = (ANN, BO, CHEN, DI)
some = st.sampled_from(FEW)
wishes = st.one_of(
    st.builds(ChangeManager, person=some, manager=st.none() | some),
    st.builds(DrawDottedLine, person=some, to=some),
    st.builds(EraseDottedLine, person=some, to=some),
)


@for_all(st.lists(st.lists(wishes, min_size=1, max_size=3), max_size=12))
def test_whatever_is_wished_at_the_same_time_lines_end(asked: list[list[Command]]) -> None:
    story = given(COMPANY)
    for together in asked:
        story.race(*((wish, ROOT) for wish in together))
        _lines_end(story)


def _lines_end(story: Story) -> None:
    for one in FEW:
        seen: set[PersonId] = set()
        at: PersonId | None = one
        while at is not None:
            assert at not in seen
            seen.add(at)
            at = story.state(ReportingLine.at(at)).manager
