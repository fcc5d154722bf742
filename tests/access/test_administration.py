"""Administrators: appointed within somebody's scope, and never all dismissed."""

from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.access.administration import Administration, AnotherMustDismiss
from domain.access.commands.administration import AppointAdministrator, DismissAdministrator
from domain.access.events.administration import AdministratorAppointed, AdministratorDismissed
from domain.directory.commands.department import MoveDepartment
from domain.directory.commands.person import RemovePerson, SuspendPerson
from domain.directory.person import HasLeft, Person
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId
from domain.kernel.refusals import NotFound, NotPermitted
from tests.directory.words import ANN, BO, CHEN, COMPANY, EAST, PLANT, ROOT, SALES, SHANGHAI, administrator, department, left
from tests.story import AT_THE_COMMAND_LINE, OPERATOR, Story, given, joined

NOT_PERMITTED = NotPermitted(authority="primary administrator or administrator of the department")


def test_the_operator_appoints_the_first_one() -> None:
    story = given(joined(ANN)).when(AppointAdministrator(person=ANN), by=OPERATOR, authority=AT_THE_COMMAND_LINE)
    story.then(AdministratorAppointed(person=ANN)).allowed_by("operator at the command line")
    story.when(AppointAdministrator(person=BO), by=OPERATOR, authority=AT_THE_COMMAND_LINE).refused(NotFound(kind="Person"))


def test_primary_administrators_appoint_everywhere() -> None:
    story = given(COMPANY).when(AppointAdministrator(person=ANN), by=ROOT).then(AdministratorAppointed(person=ANN))
    appointed = AdministratorAppointed(person=BO, department=EAST)
    story.when(AppointAdministrator(person=BO, department=EAST), by=ANN).then(appointed)
    story.allowed_by("active person and primary administrator")


def test_department_administrators_appoint_in_their_department_and_below() -> None:
    story = given(COMPANY, administrator(ANN, EAST))
    for within in (EAST, SHANGHAI):
        story.when(AppointAdministrator(person=BO, department=within), by=ANN)
        story.then(AdministratorAppointed(person=BO, department=within))
    for beyond in (SALES, PLANT, None):
        story.when(AppointAdministrator(person=BO, department=beyond), by=ANN).refused(NOT_PERMITTED)
        story.when(DismissAdministrator(person=ROOT, department=beyond), by=ANN).refused(NOT_PERMITTED)


def test_a_scope_moves_with_its_department() -> None:
    story = given(COMPANY, administrator(ANN, EAST)).when(MoveDepartment(department=SHANGHAI, parent=PLANT), by=ROOT)
    story.when(AppointAdministrator(person=BO, department=SHANGHAI), by=ANN).refused(NOT_PERMITTED)


def test_dismissing() -> None:
    story = given(COMPANY, administrator(ANN, EAST), administrator(BO))
    story.when(DismissAdministrator(person=ANN, department=EAST), by=ANN)
    story.then(AdministratorDismissed(person=ANN, department=EAST))
    story.when(DismissAdministrator(person=BO), by=ROOT).then(AdministratorDismissed(person=BO))
    left = story.state(Administration.at(ANN))
    assert (left.version, left.primary, left.departments) == (2, False, frozenset())


def test_one_always_remains() -> None:
    story = given(COMPANY, administrator(BO))
    story.when(DismissAdministrator(person=ROOT), by=ROOT).refused(AnotherMustDismiss(person=ROOT))
    dismissal = DismissAdministrator(person=ROOT)
    story.when(dismissal, by=OPERATOR, authority=AT_THE_COMMAND_LINE).refused(AnotherMustDismiss(person=ROOT))


def test_nor_do_two_dismiss_or_suspend_each_other_at_once() -> None:
    for wish in (DismissAdministrator, SuspendPerson, RemovePerson):
        story = given(COMPANY, administrator(BO))
        assert story.race((wish(person=BO), ROOT), (wish(person=ROOT), BO)) == [True, False]
        story.when(wish(person=ROOT), by=BO)
        assert story.last
        assert isinstance(story.last.answer, NotPermitted)


def test_who_has_left_or_is_not_there_is_not_appointed() -> None:
    story = given(COMPANY, left(BO))
    story.when(AppointAdministrator(person=BO), by=ROOT).refused(HasLeft(person=BO))
    nowhere = AppointAdministrator(person=ANN, department=department("none"))
    story.when(nowhere, by=ROOT).refused(NotFound(kind="Department"))


everybody = [ROOT, ANN, BO, CHEN]
people, places = st.sampled_from(everybody), st.sampled_from([None, None, EAST, SALES])
wishes: st.SearchStrategy[Command] = st.one_of(
    st.builds(AppointAdministrator, person=people, department=places),
    st.builds(DismissAdministrator, person=people, department=places),
    st.builds(SuspendPerson, person=people),
    st.builds(RemovePerson, person=people),
)


@for_all(st.lists(st.tuples(wishes, people), max_size=30))
def test_whatever_is_wished_an_administrator_who_can_act_remains(asked: list[tuple[Command, PersonId]]) -> None:
    story = given(COMPANY)
    for wish, who in asked:
        story.when(wish, by=who)  # asks twice, and checks
        assert _somebody_can_act(story)


@for_all(st.lists(st.tuples(st.tuples(wishes, people), st.tuples(wishes, people)), max_size=20))
def test_nor_does_it_matter_what_is_wished_at_the_same_time(
    asked: list[tuple[tuple[Command, PersonId], tuple[Command, PersonId]]],
) -> None:
    story = given(COMPANY, administrator(ANN), administrator(BO))
    for together in asked:
        story.race(*together)
        assert _somebody_can_act(story)


def _somebody_can_act(story: Story) -> bool:
    return any(
        story.state(Administration.at(one)).primary and story.state(Person.at(one)).status == "active" for one in everybody
    )
