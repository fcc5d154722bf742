"""What tests say about people and departments."""

from domain.access.administration import Administration
from domain.access.events.administration import AdministratorAppointed
from domain.directory.department import Department
from domain.directory.events.department import DepartmentClosed, DepartmentOpened
from domain.directory.events.membership import DepartmentJoined, LeaderAppointed
from domain.directory.events.person import PersonLeft, PersonSuspended, PrimaryDepartmentChanged
from domain.directory.events.reporting import ManagerChanged
from domain.directory.ids import DepartmentId
from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person
from domain.directory.reporting import ReportingLine
from domain.kernel.identifiers import PersonId
from domain.kernel.states import Events
from tests.story import an_id, joined, person, together

ANN, BO, CHEN, DI = (person(name) for name in ("Ann", "Bo", "陈晨", "Di"))
ROOT = person("root")
"""The primary administrator of most tests."""


def department(name: str) -> DepartmentId:
    return DepartmentId(an_id(name))


SALES, EAST, SHANGHAI, PLANT = (department(name) for name in ("Sales", "Sales East", "上海", "Plant"))


def administrator(who: PersonId, of: DepartmentId | None = None) -> Events:
    return Administration.at(who).records(AdministratorAppointed(person=who, department=of))


def opened(which: DepartmentId, below: DepartmentId | None = None, name: str = "…") -> Events:
    return Department.at(which).records(DepartmentOpened(name=name, parent=below))


def closed(which: DepartmentId) -> Events:
    return Department.at(which).records(DepartmentClosed())


def belongs(who: PersonId, to: DepartmentId, leads: bool = False) -> Events:
    membership = DepartmentMembership.at(to, who)
    came = membership.records(DepartmentJoined(department=to, person=who))
    return came + (membership.records(LeaderAppointed(department=to, person=who)) if leads else ())


def first(who: PersonId, department: DepartmentId) -> Events:
    return Person.at(who).records(PrimaryDepartmentChanged(person=who, department=department))


def reports(who: PersonId, to: PersonId) -> Events:
    return ReportingLine.at(who).records(ManagerChanged(person=who, manager=to))


def suspended(who: PersonId) -> Events:
    return Person.at(who).records(PersonSuspended(person=who))


def left(who: PersonId) -> Events:
    return Person.at(who).records(PersonLeft(person=who))


COMPANY = together(
    [
        joined(ROOT, ANN, BO, CHEN, DI),
        administrator(ROOT),
        opened(SALES),
        opened(EAST, below=SALES),
        opened(SHANGHAI, below=EAST),
        opened(PLANT),
    ]
)
"""Sales > Sales East > 上海, and the plant beside them; ROOT administers everything."""
