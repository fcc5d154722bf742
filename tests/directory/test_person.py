"""People: they come, go by other names, are suspended and reinstated, and leave."""

import msgspec
import pytest
from pydantic import ValidationError

from domain.directory.commands.person import (
    AddPerson,
    ChangeKind,
    ChangeProfile,
    OffboardPerson,
    ReinstatePerson,
    RemovePerson,
    RenamePerson,
    SuspendPerson,
    UndoOffboarding,
)
from domain.directory.events.person import (
    Details,
    PersonJoined,
    PersonKindChanged,
    PersonLeft,
    PersonProfileChanged,
    PersonReinstated,
    PersonRenamed,
    PersonSuspended,
    PrimaryDepartmentChanged,
)
from domain.directory.ids import DepartmentId
from domain.directory.person import HasLeft, Person, WorksElsewhere
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId
from domain.kernel.refusals import IdTaken, NotFound, NotPermitted, Refusal
from domain.kernel.states import Events
from tests.directory.words import ANN, BO, COMPANY, EAST, PLANT, ROOT, SALES, SHANGHAI, administrator, left, suspended
from tests.story import AT_THE_COMMAND_LINE, OPERATOR, given, person

NEW = person("new")
ADD = AddPerson(person=NEW, name="李伟", email="li.wei@example.com", title="工程师")
JOINED = PersonJoined(person=NEW, name="李伟", email="li.wei@example.com", title="工程师")
LEAVING: list[Command] = [RemovePerson(person=BO), OffboardPerson(person=BO, successor=ANN), UndoOffboarding(person=BO)]
EVERYTHING: list[Command] = [
    ADD,
    RenamePerson(person=BO, name="Bob"),
    ChangeProfile(person=BO, title="Cook"),
    ChangeKind(person=BO, kind="contractor"),
    SuspendPerson(person=BO),
    ReinstatePerson(person=BO),
    *LEAVING,
]


def test_an_administrator_takes_somebody_in() -> None:
    given(COMPANY).when(ADD, by=ROOT).then(JOINED).allowed_by("active person and primary administrator")


def test_the_operator_takes_in_the_first_person() -> None:
    given().when(ADD, by=OPERATOR, authority=AT_THE_COMMAND_LINE).then(JOINED).allowed_by("operator at the command line")


def test_an_id_is_one_person() -> None:
    story = given(COMPANY).when(ADD, by=ROOT)
    story.when(ADD.model_copy(update={"name": "李薇"}), by=ROOT).refused(IdTaken(id=NEW))


@pytest.mark.parametrize("wish", EVERYTHING, ids=lambda wish: type(wish).__name__)
@pytest.mark.parametrize("who", [ANN, BO])
def test_nobody_else_may(wish: Command, who: PersonId) -> None:
    story = given(COMPANY, administrator(ANN, SALES)).when(wish, by=who)
    assert story.last
    assert isinstance(story.last.answer, NotPermitted)


def placed(who: PersonId, where: DepartmentId) -> Events:
    return Person.at(who).records(PrimaryDepartmentChanged(person=who, department=where))


@pytest.mark.parametrize("wish", EVERYTHING[1 : -len(LEAVING)], ids=lambda wish: type(wish).__name__)
def test_a_department_administrator_looks_after_those_who_belong_there_first_of_all(wish: Command) -> None:
    story = given(COMPANY, administrator(ANN, EAST), placed(BO, SHANGHAI)).when(wish, by=ANN)
    assert story.last
    assert not isinstance(story.last.answer, Refusal)
    for beyond in (placed(BO, SALES), administrator(BO, PLANT), administrator(BO)):
        story = given(COMPANY, administrator(ANN, EAST), placed(BO, SHANGHAI), beyond).when(wish, by=ANN)
        assert story.last
        assert isinstance(story.last.answer, NotPermitted)


@pytest.mark.parametrize("wish", EVERYTHING, ids=lambda wish: type(wish).__name__)
def test_who_is_suspended_or_has_left_or_never_came_may_do_nothing(wish: Command) -> None:
    refusal = NotPermitted(authority="active person")
    for fact in (suspended(ROOT), left(ROOT)):
        given(COMPANY, fact).when(wish, by=ROOT).refused(refusal)
    given(COMPANY).when(wish, by=NEW).refused(refusal)


@pytest.mark.parametrize("wish", EVERYTHING[1:], ids=lambda wish: type(wish).__name__)
def test_who_never_came_is_not_found(wish: Command) -> None:
    given(COMPANY).when(wish.model_copy(update={"person": NEW}), by=ROOT).refused(NotFound(kind="Person"))


def test_names_and_profiles_change() -> None:
    story = given(COMPANY).when(RenamePerson(person=ANN, name="Anna"), by=ROOT).then(PersonRenamed(person=ANN, name="Anna"))
    changed = PersonProfileChanged(person=ANN, email="anna@example.com", title=None)
    story.when(ChangeProfile(person=ANN, email="anna@example.com"), by=ROOT).then(changed)
    assert (story.state(Person.at(ANN)).name, story.state(Person.at(ANN)).email) == ("Anna", "anna@example.com")


def test_what_an_enterprise_keeps_of_its_people() -> None:
    details = Details(number="0042", phone="+86 512 0000", location="苏州", language="zh-Hans", time_zone="Asia/Shanghai")
    given_details = msgspec.to_builtins(details)
    del given_details["is"]
    story = given(COMPANY).when(ChangeProfile(person=ANN, title="主管", **given_details), by=ROOT)
    story.then(PersonProfileChanged(person=ANN, title="主管", details=details))
    assert story.state(Person.at(ANN)).details == details


@pytest.mark.parametrize(
    "wrong", [{"language": "Chinese!"}, {"time_zone": "Berlin time"}, {"number": "1" * 61}, {"phone": "a\nb"}]
)
def test_what_can_not_be_kept(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        ChangeProfile(person=ANN, **wrong)


def test_employees_and_contractors_become_each_other() -> None:
    story = given(COMPANY).when(ChangeKind(person=ANN, kind="contractor"), by=ROOT)
    story.then(PersonKindChanged(person=ANN, kind="contractor"))
    guest = Person.at(NEW).records(PersonJoined(person=NEW, name="G", kind="guest"))
    story.given(guest).when(ChangeKind(person=NEW, kind="employee"), by=ROOT).refused(WorksElsewhere(person=NEW))


def test_suspending_reinstating_and_leaving() -> None:
    (
        given(COMPANY)
        .when(SuspendPerson(person=ANN), by=ROOT)
        .then(PersonSuspended(person=ANN))
        .when(ReinstatePerson(person=ANN), by=ROOT)
        .then(PersonReinstated(person=ANN))
        .when(RemovePerson(person=ANN), by=ROOT)
        .then(PersonLeft(person=ANN))
        .when(SuspendPerson(person=ANN), by=ROOT)
        .refused(HasLeft(person=ANN))
        .when(ReinstatePerson(person=ANN), by=ROOT)
        .then(PersonReinstated(person=ANN))
    )


@pytest.mark.parametrize("wish", [SuspendPerson(person=ROOT), RemovePerson(person=ROOT)])
def test_nobody_suspends_or_removes_themselves(wish: Command) -> None:
    given(COMPANY).when(wish, by=ROOT).refused(NotPermitted(authority="another person"))
