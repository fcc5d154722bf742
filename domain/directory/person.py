"""A person of the organisation. Who may decide these is said in access, which stands above the directory."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal, assert_never

from msgspec.structs import replace

from domain.directory.commands.person import AddPerson, ChangeKind, ChangeProfile, RenamePerson
from domain.directory.events.person import (
    Details,
    OffboardingUndone,
    PersonEvent,
    PersonJoined,
    PersonKind,
    PersonKindChanged,
    PersonLeft,
    PersonOffboarded,
    PersonProfileChanged,
    PersonReinstated,
    PersonRenamed,
    PersonSuspended,
    PrimaryDepartmentChanged,
)
from domain.directory.ids import DepartmentId
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.personal import Erased
from domain.kernel.refusals import IdTaken, Refusal
from domain.kernel.rules import Check
from domain.kernel.states import NOTHING, Events, Maybe, New, State

Status = Literal["unknown", "active", "suspended", "left"]
Standing = Literal["active", "suspended"]


class Person(State[PersonEvent], kind="directory.person", key=(PersonId,)):
    """Somebody who acts here. Of one who was offboarded it is known who took over, and what undoing it would restore."""

    status: Status = "unknown"
    kind_of: PersonKind = "employee"
    name: str | Erased = ""
    email: str | Erased | None = None
    title: str | Erased | None = None
    details: Details | Erased = Details()
    primary: DepartmentId | None = None
    successor: PersonId | None = None
    undo_until: datetime | None = None
    before: Standing = "active"

    @property
    def as_guest(self) -> PersonId | None:
        """Their id, if they are a guest: what is known of guests is asked of nobody else."""
        return PersonId(self.thing) if self.kind_of == "guest" else None

    def evolve(self, event: PersonEvent) -> "Person":
        match event:
            case PersonJoined():
                return replace(
                    self,
                    status="active",
                    kind_of=event.kind,
                    name=event.name,
                    email=event.email,
                    title=event.title,
                    details=event.details,
                    primary=event.department,
                )
            case PersonRenamed(name=name):
                return replace(self, name=name)
            case PersonProfileChanged(email=email, title=title, details=details):
                return replace(self, email=email, title=title, details=details)
            case PersonKindChanged(kind=kind):
                return replace(self, kind_of=kind)
            case PrimaryDepartmentChanged(department=department):
                return replace(self, primary=department)
            case PersonSuspended():
                return replace(self, status="suspended")
            case PersonReinstated():
                return replace(self, status="active", successor=None, undo_until=None)
            case PersonLeft():
                return replace(self, status="left")
            case PersonOffboarded(successor=successor, undo_until=until):
                before: Standing = "suspended" if self.status == "suspended" else "active"
                return replace(self, status="left", before=before, successor=successor, undo_until=until)
            case OffboardingUndone(standing=standing):
                return replace(self, status=standing, successor=None, undo_until=None)
            case _:
                assert_never(event)


class HasLeft(Refusal, frozen=True):
    """Who has left the organisation takes part in nothing new, until they are reinstated."""

    person: Annotated[PersonId, "Who has left."]


class WorksElsewhere(Refusal, frozen=True):
    """A guest, another system or a program is neither employed here nor under contract."""

    person: Annotated[PersonId, "Who it is."]


class UnknownPeople(Refusal, frozen=True):
    """Some of these people are not in the organisation."""

    people: Annotated[tuple[PersonId, ...], "Who is not known."]


def _active(oneself: Maybe[Person] = by("actor")) -> bool:
    return oneself.status == "active"


active_person = Check("active person", _active)
"""The rule that comes before every other one, for every command of a person."""


def _employee(oneself: Maybe[Person] = by("actor")) -> bool:
    return oneself.kind_of != "guest"


employee = Check("employee", _employee)
"""Somebody of the organisation itself, or a program of its own: no guest."""


def unknown(people: Iterable[Person]) -> UnknownPeople | None:
    """The refusal that names those of these people who are not there, if any."""
    strangers = tuple(PersonId(person.thing) for person in people if not person.exists)
    return UnknownPeople(people=strangers) if strangers else None


def add(command: AddPerson, person: New[Person]) -> Events | IdTaken:
    details = details_of(command)
    if person.exists:
        was = (person.name, person.email, person.title, person.details, person.kind_of)
        same = was == (command.name, command.email, command.title, details, command.kind)
        return NOTHING if same else IdTaken(id=command.person)
    joined = PersonJoined(
        person=command.person,
        kind=command.kind,
        name=command.name,
        email=command.email,
        title=command.title,
        details=details,
    )
    return person.records(joined)


def rename(command: RenamePerson, person: Person) -> Events:
    return NOTHING if person.name == command.name else person.records(PersonRenamed(person=command.person, name=command.name))


def change_profile(command: ChangeProfile, person: Person) -> Events:
    details = details_of(command)
    if (person.email, person.title, person.details) == (command.email, command.title, details):
        return NOTHING
    changed = PersonProfileChanged(person=command.person, email=command.email, title=command.title, details=details)
    return person.records(changed)


def change_kind(command: ChangeKind, person: Person) -> Events | WorksElsewhere:
    if person.kind_of not in ("employee", "contractor"):
        return WorksElsewhere(person=command.person)
    return NOTHING if person.kind_of == command.kind else person.records(PersonKindChanged(**command.model_dump()))


def details_of(command: AddPerson | ChangeProfile) -> Details:
    """What a command says beside name, address and title."""
    return Details(
        number=command.number,
        phone=command.phone,
        location=command.location,
        language=command.language,
        time_zone=command.time_zone,
    )
