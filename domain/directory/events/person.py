"""What happens to people."""

from typing import Literal

from domain.directory.ids import DepartmentId
from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import OfPerson

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


PersonEvent = (
    PersonJoined
    | PersonRenamed
    | PersonProfileChanged
    | PrimaryDepartmentChanged
    | PersonSuspended
    | PersonReinstated
    | PersonLeft
)

catalogue(
    PersonJoined,
    PersonRenamed,
    PersonProfileChanged,
    PrimaryDepartmentChanged,
    PersonSuspended,
    PersonReinstated,
    PersonLeft,
    PersonIdentified,
)
