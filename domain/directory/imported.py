"""What another system says of people and departments, as events of streams that don't hold it yet.

Every function asks one stream's state and answers with NOTHING where that says the same already. A history that goes to
and fro (joined, left, joined) is asked of the state that its own earlier part has left, else it would be told again.
"""

from domain.directory.department import Department
from domain.directory.events import (
    DepartmentId,
    DepartmentJoined,
    DepartmentLeft,
    DepartmentOpened,
    LeaderAppointed,
    PersonIdentified,
    PersonJoined,
    PersonKind,
    PersonLeft,
    PrimaryDepartmentChanged,
)
from domain.directory.identity import Identity
from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person
from domain.kernel.identifiers import PersonId
from domain.kernel.states import NOTHING, Events


def person_joined(
    person: Person, *, name: str, email: str | None = None, title: str | None = None, kind: PersonKind = "employee"
) -> Events:
    """Somebody came to the organisation."""
    joined = PersonJoined(person=PersonId(person.thing), kind=kind, name=name, email=email, title=title)
    return NOTHING if person.exists else person.records(joined)


def person_identified(identity: Identity, *, person: PersonId) -> Events:
    """Somebody of another system is this person."""
    return NOTHING if identity.exists else identity.records(PersonIdentified(person=person))


def person_left(person: Person) -> Events:
    """Somebody left the organisation; of somebody who never came, nothing is said."""
    gone = not person.exists or person.status == "left"
    return NOTHING if gone else person.records(PersonLeft(person=PersonId(person.thing)))


def department_opened(department: Department, *, name: str, parent: DepartmentId | None = None) -> Events:
    """A department was founded. The one above it must have been opened before, so that no circle can come to be."""
    return NOTHING if department.exists else department.records(DepartmentOpened(name=name, parent=parent))


def department_joined(
    membership: DepartmentMembership, *, department: DepartmentId, person: PersonId, leads: bool = False
) -> Events:
    """Somebody began to belong to a department, or to lead it."""
    joined = membership.records(DepartmentJoined(department=department, person=person))
    appointed = membership.records(LeaderAppointed(department=department, person=person))
    return (NOTHING if membership.active else joined) + (appointed if leads and not membership.leader else NOTHING)


def department_left(membership: DepartmentMembership, *, department: DepartmentId, person: PersonId) -> Events:
    """Somebody no longer belongs to a department."""
    return membership.records(DepartmentLeft(department=department, person=person)) if membership.active else NOTHING


def primary_department(person: Person, *, department: DepartmentId | None) -> Events:
    """Somebody belongs to this department first of all; said after they joined it, and with None after they left it."""
    changed = PrimaryDepartmentChanged(person=PersonId(person.thing), department=department)
    return NOTHING if person.primary == department else person.records(changed)
