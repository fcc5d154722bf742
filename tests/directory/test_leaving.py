"""Offboarding: somebody leaves, another takes over, and for a time it can be undone."""

from datetime import timedelta

from domain.directory.commands.person import OffboardPerson, ReinstatePerson, RenamePerson, UndoOffboarding
from domain.directory.events.person import OffboardingUndone, PersonOffboarded, PersonReinstated
from domain.directory.leaving import CannotBeUndone, CannotTakeOver
from domain.directory.person import HasLeft, Person
from domain.kernel.refusals import NotPermitted
from tests.directory.words import ANN, BO, CHEN, COMPANY, ROOT, SALES, administrator, left, suspended
from tests.story import NOON, given, person

UNTIL = NOON + timedelta(days=14)
OFFBOARD = OffboardPerson(person=ANN, successor=BO, undo_until=UNTIL)
UNDO = UndoOffboarding(person=ANN)


def test_who_is_offboarded_can_do_nothing_any_more() -> None:
    story = given(COMPANY, administrator(ANN)).when(OFFBOARD, by=ROOT)
    story.then(PersonOffboarded(person=ANN, successor=BO, undo_until=UNTIL))
    story.when(RenamePerson(person=BO, name="Bo"), by=ANN).refused(NotPermitted(authority="active person"))
    assert story.state(Person.at(ANN)).successor == BO


def test_undone_in_time_all_is_as_before() -> None:
    for before in ((), suspended(ANN)):
        story = given(COMPANY, administrator(ANN), before)
        was = story.state(Person.at(ANN)).status
        story.when(OFFBOARD, by=ROOT).at(UNTIL).when(UNDO, by=ROOT)
        assert story.state(Person.at(ANN)).status == was
        assert story.happened() == [OffboardingUndone(person=ANN, standing="suspended" if before else "active")]


def test_not_after_the_time_and_not_where_none_was_said() -> None:
    story = given(COMPANY).when(OFFBOARD, by=ROOT).at(UNTIL + timedelta(microseconds=1))
    story.when(UNDO, by=ROOT).refused(CannotBeUndone(person=ANN, undo_until=UNTIL))
    story.when(ReinstatePerson(person=ANN), by=ROOT).then(PersonReinstated(person=ANN))
    for gone in (left(ANN), Person.at(ANN).records(PersonOffboarded(person=ANN))):
        given(COMPANY, gone).when(UNDO, by=ROOT).refused(CannotBeUndone(person=ANN))
    given(COMPANY).when(UNDO, by=ROOT).then_nothing()


def test_who_takes_over_is_another_one_who_is_here() -> None:
    for successor in (ANN, CHEN):
        wish = OffboardPerson(person=ANN, successor=successor)
        given(COMPANY, left(CHEN)).when(wish, by=ROOT).refused(CannotTakeOver(successor=successor))
    given(COMPANY).when(OffboardPerson(person=ANN), by=ROOT).then(PersonOffboarded(person=ANN))


def test_who_has_left_is_not_offboarded_otherwise() -> None:
    story = given(COMPANY).when(OFFBOARD, by=ROOT)
    story.when(OffboardPerson(person=ANN, successor=CHEN), by=ROOT).refused(HasLeft(person=ANN))


def test_only_a_primary_administrator_and_nobody_themselves() -> None:
    story = given(COMPANY, administrator(BO, SALES))
    story.when(OFFBOARD, by=BO).refused(NotPermitted(authority="primary administrator or grant of directory.person.manage"))
    story.when(OffboardPerson(person=ROOT), by=ROOT).refused(NotPermitted(authority="another person"))
    assert not story.state(Person.at(person("nobody"))).exists
