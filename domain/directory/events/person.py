"""What happens to people."""

from datetime import datetime
from typing import Literal

import msgspec

from domain.directory.ids import DepartmentId
from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import OfPerson
from domain.kernel.upcasts import Fields, upcast

PersonKind = Literal["employee", "contractor", "guest", "service", "bot"]
"""A service is another system that acts here; a bot is a program that speaks under a name of its own, as exports have them."""


class Details(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag="details", tag_field="is"
):
    """What an organisation keeps of somebody beside their name, address and title.

    `number` is their employee number, `language` a tag of RFC 5646, `time_zone` a name of the IANA's database.
    """

    number: str | None = None
    phone: str | None = None
    location: str | None = None
    language: str | None = None
    time_zone: str | None = None


class PersonJoined(Event, wire="directory.person_joined.v2"):
    """Somebody came to the organisation: first of all to a department, where one is named. They have joined it themselves."""

    person: PersonId
    kind: PersonKind = "employee"
    name: OfPerson[str]
    email: OfPerson[str | None] = None
    title: OfPerson[str | None] = None
    details: OfPerson[Details] = Details()
    department: DepartmentId | None = None


class PersonRenamed(Event, wire="directory.person_renamed.v1"):
    """Somebody goes by another name."""

    person: PersonId
    name: OfPerson[str]


class PersonProfileChanged(Event, wire="directory.person_profile_changed.v2"):
    """Somebody's address, title or details are other ones; what is None is no longer known."""

    person: PersonId
    email: OfPerson[str | None] = None
    title: OfPerson[str | None] = None
    details: OfPerson[Details] = Details()


class PersonKindChanged(Event, wire="directory.person_kind_changed.v1"):
    """Somebody who works here is so from now on in another way: employed, or under contract."""

    person: PersonId
    kind: PersonKind


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


class PersonOffboarded(Event, wire="directory.person_offboarded.v1"):
    """Somebody left, and another took over what was theirs. Until a moment it can be undone, where one is named."""

    person: PersonId
    successor: PersonId | None = None
    undo_until: datetime | None = None


class OffboardingUndone(Event, wire="directory.offboarding_undone.v1"):
    """Somebody did not leave after all: all is as it was before, and what was handed over goes back."""

    person: PersonId
    standing: Literal["active", "suspended"] = "active"


class PersonIdentified(Event, wire="directory.person_identified.v1"):
    """Somebody of another system is this person: so it stays, whatever name or address they have there later."""

    person: PersonId


PersonEvent = (
    PersonJoined
    | PersonRenamed
    | PersonProfileChanged
    | PersonKindChanged
    | PrimaryDepartmentChanged
    | PersonSuspended
    | PersonReinstated
    | PersonLeft
    | PersonOffboarded
    | OffboardingUndone
)

catalogue(
    PersonJoined,
    PersonRenamed,
    PersonProfileChanged,
    PersonKindChanged,
    PrimaryDepartmentChanged,
    PersonSuspended,
    PersonReinstated,
    PersonLeft,
    PersonOffboarded,
    OffboardingUndone,
    PersonIdentified,
)


@upcast("directory.person_joined.v1", "directory.person_joined.v2", personal=("name", "email", "title"))
def joined_without_details(old: Fields) -> Fields:
    """Nothing more was known, and the first department was said apart."""
    return {**old, "details": {"is": "details"}, "department": None}


@upcast("directory.person_profile_changed.v1", "directory.person_profile_changed.v2", personal=("email", "title"))
def profile_without_details(old: Fields) -> Fields:
    """Nothing more was known."""
    return {**old, "details": {"is": "details"}}
