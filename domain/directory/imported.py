"""What another system says of people and departments, as events of streams that don't hold it yet.

Every function asks one stream's state and answers with NOTHING where that says the same already. A history that goes to
and fro (joined, left, joined) is asked of the state that its own earlier part has left, else it would be told again.
"""

from domain.directory.department import Department
from domain.directory.events.department import DepartmentMerged, DepartmentMoved, DepartmentOpened
from domain.directory.events.membership import DepartmentJoined, DepartmentLeft, LeaderAppointed
from domain.directory.events.person import (
    Details,
    PersonIdentified,
    PersonJoined,
    PersonKind,
    PersonLeft,
    PersonOffboarded,
    PrimaryDepartmentChanged,
)
from domain.directory.events.post import PostAssigned, PostOpened, PostWithdrawn
from domain.directory.events.reporting import DottedLineDrawn, DottedLineErased, ManagerChanged
from domain.directory.identity import Identity
from domain.directory.ids import DepartmentId, PostId
from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person
from domain.directory.post import Holding, Post
from domain.directory.reporting import ReportingLine
from domain.kernel.identifiers import PersonId
from domain.kernel.states import NOTHING, Events


def person_joined(
    person: Person,
    *,
    name: str,
    email: str | None = None,
    title: str | None = None,
    number: str | None = None,
    kind: PersonKind = "employee",
) -> Events:
    """Somebody came to the organisation."""
    joined = PersonJoined(
        person=PersonId(person.thing), kind=kind, name=name, email=email, title=title, details=Details(number=number)
    )
    return NOTHING if person.exists else person.records(joined)


def person_identified(identity: Identity, *, person: PersonId) -> Events:
    """Somebody of another system is this person."""
    return NOTHING if identity.exists else identity.records(PersonIdentified(person=person))


def person_left(person: Person, *, successor: PersonId | None = None) -> Events:
    """Somebody left the organisation, and may have had a successor; of somebody who never came, nothing is said."""
    if not person.exists or person.status == "left":
        return NOTHING
    who = PersonId(person.thing)
    return person.records(PersonOffboarded(person=who, successor=successor) if successor else PersonLeft(person=who))


def department_opened(department: Department, *, name: str, parent: DepartmentId | None = None) -> Events:
    """A department was founded. The one above it must have been opened before, so that no circle can come to be."""
    return NOTHING if department.exists else department.records(DepartmentOpened(name=name, parent=parent))


def department_moved(department: Department, *, parent: DepartmentId | None) -> Events:
    """A department belonged to another one; which isn't below it, for whoever tells it to see to."""
    return NOTHING if department.parent == parent else department.records(DepartmentMoved(parent=parent))


def department_merged(department: Department, *, into: DepartmentId) -> Events:
    """A department became part of another one. Where its members went is said apart."""
    return NOTHING if department.status == "merged" else department.records(DepartmentMerged(into=into))


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


def post_opened(post: Post, *, name: str, department: DepartmentId | None = None) -> Events:
    """There was a post that people can hold."""
    return NOTHING if post.exists else post.records(PostOpened(name=name, department=department))


def post_assigned(holding: Holding, *, post: PostId, person: PersonId) -> Events:
    """Somebody held a post."""
    return NOTHING if holding.active else holding.records(PostAssigned(post=post, person=person))


def post_withdrawn(holding: Holding, *, post: PostId, person: PersonId) -> Events:
    """Somebody no longer held a post."""
    return holding.records(PostWithdrawn(post=post, person=person)) if holding.active else NOTHING


def manager_changed(line: ReportingLine, *, person: PersonId, manager: PersonId | None) -> Events:
    """Somebody reported to a manager; who doesn't report to them, for whoever tells it to see to."""
    return NOTHING if line.manager == manager else line.records(ManagerChanged(person=person, manager=manager))


def dotted_line_drawn(line: ReportingLine, *, person: PersonId, to: PersonId) -> Events:
    """Somebody reported to another as well."""
    return NOTHING if to in line.dotted else line.records(DottedLineDrawn(person=person, to=to))


def dotted_line_erased(line: ReportingLine, *, person: PersonId, to: PersonId) -> Events:
    """Somebody no longer reported to another beside their manager."""
    return line.records(DottedLineErased(person=person, to=to)) if to in line.dotted else NOTHING
