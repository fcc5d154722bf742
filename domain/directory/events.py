"""What happens to people and departments."""

from typing import Literal, NewType
from uuid import UUID

from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import OfPerson

DepartmentId = NewType("DepartmentId", UUID)
PersonKind = Literal["employee", "guest", "bot"]
"""A bot is a program that speaks under a name of its own, as other systems' exports have them."""


class PersonJoined(Event, wire="directory.person_joined.v1"):
    """Somebody came to the organisation."""

    person: PersonId
    kind: PersonKind = "employee"
    name: OfPerson[str]
    email: OfPerson[str | None] = None
    title: OfPerson[str | None] = None


class PersonRenamed(Event, wire="directory.person_renamed.v1"):
    """Somebody goes by another name."""

    person: PersonId
    name: OfPerson[str]


class PersonProfileChanged(Event, wire="directory.person_profile_changed.v1"):
    """Somebody's address or title is another one; what is None is no longer known."""

    person: PersonId
    email: OfPerson[str | None] = None
    title: OfPerson[str | None] = None


class PrimaryDepartmentChanged(Event, wire="directory.primary_department_changed.v1"):
    """Somebody belongs first of all to another department than before, or to none."""

    person: PersonId
    department: DepartmentId | None = None


class PersonSuspended(Event, wire="directory.person_suspended.v1"):
    """Somebody may do nothing until further notice."""

    person: PersonId


class PersonReinstated(Event, wire="directory.person_reinstated.v1"):
    """Somebody who was suspended or had left may act again."""

    person: PersonId


class PersonLeft(Event, wire="directory.person_left.v1"):
    """Somebody left the organisation. What they said and did stays theirs."""

    person: PersonId


class PersonIdentified(Event, wire="directory.person_identified.v1"):
    """Somebody of another system is this person: so it stays, whatever name or address they have there later."""

    person: PersonId


class DepartmentOpened(Event, wire="directory.department_opened.v1"):
    """A department came into being: below another one, or at the top."""

    name: str
    parent: DepartmentId | None = None


class DepartmentRenamed(Event, wire="directory.department_renamed.v1"):
    """A department has another name and is the same."""

    name: str


class DepartmentMoved(Event, wire="directory.department_moved.v1"):
    """A department with all that is below it belongs to another one, or to none."""

    parent: DepartmentId | None = None


class DepartmentClosed(Event, wire="directory.department_closed.v1"):
    """A department takes nobody in any more and nothing is opened below it."""


class DepartmentJoined(Event, wire="directory.department_joined.v1"):
    """Somebody belongs to a department."""

    department: DepartmentId
    person: PersonId


class DepartmentLeft(Event, wire="directory.department_left.v1"):
    """Somebody no longer belongs to a department, and so leads it no longer."""

    department: DepartmentId
    person: PersonId


class LeaderAppointed(Event, wire="directory.leader_appointed.v1"):
    """Somebody leads a department, alone or with others."""

    department: DepartmentId
    person: PersonId


class LeaderDismissed(Event, wire="directory.leader_dismissed.v1"):
    """Somebody no longer leads a department, and still belongs to it."""

    department: DepartmentId
    person: PersonId


PersonEvent = (
    PersonJoined
    | PersonRenamed
    | PersonProfileChanged
    | PrimaryDepartmentChanged
    | PersonSuspended
    | PersonReinstated
    | PersonLeft
)
DepartmentEvent = DepartmentOpened | DepartmentRenamed | DepartmentMoved | DepartmentClosed
DepartmentMembershipEvent = DepartmentJoined | DepartmentLeft | LeaderAppointed | LeaderDismissed

catalogue(
    PersonJoined,
    PersonRenamed,
    PersonProfileChanged,
    PrimaryDepartmentChanged,
    PersonSuspended,
    PersonReinstated,
    PersonLeft,
    PersonIdentified,
    DepartmentOpened,
    DepartmentRenamed,
    DepartmentMoved,
    DepartmentClosed,
    DepartmentJoined,
    DepartmentLeft,
    LeaderAppointed,
    LeaderDismissed,
)
