"""A person of the organisation. Who may decide these is said in access, which stands above the directory."""

from collections.abc import Iterable
from typing import Annotated, Literal, assert_never

from msgspec.structs import replace

from domain.directory.commands import AddPerson, ChangeProfile, ReinstatePerson, RemovePerson, RenamePerson, SuspendPerson
from domain.directory.events import (
    DepartmentId,
    PersonEvent,
    PersonJoined,
    PersonKind,
    PersonLeft,
    PersonProfileChanged,
    PersonReinstated,
    PersonRenamed,
    PersonSuspended,
    PrimaryDepartmentChanged,
)
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.personal import Erased
from domain.kernel.refusals import IdTaken, Refusal
from domain.kernel.rules import Check
from domain.kernel.states import NOTHING, Events, Maybe, New, State


class Person(State[PersonEvent], kind="directory.person", key=(PersonId,)):
    """Somebody who acts here."""

    status: Literal["unknown", "active", "suspended", "left"] = "unknown"
    kind_of: PersonKind = "employee"
    name: str | Erased = ""
    email: str | Erased | None = None
    title: str | Erased | None = None
    primary: DepartmentId | None = None

    def evolve(self, event: PersonEvent) -> "Person":
        match event:
            case PersonJoined(kind=kind, name=name, email=email, title=title):
                return replace(self, status="active", kind_of=kind, name=name, email=email, title=title)
            case PersonRenamed(name=name):
                return replace(self, name=name)
            case PersonProfileChanged(email=email, title=title):
                return replace(self, email=email, title=title)
            case PrimaryDepartmentChanged(department=department):
                return replace(self, primary=department)
            case PersonSuspended():
                return replace(self, status="suspended")
            case PersonReinstated():
                return replace(self, status="active")
            case PersonLeft():
                return replace(self, status="left")
            case _:
                assert_never(event)


class HasLeft(Refusal, frozen=True):
    """Who has left the organisation takes part in nothing new, until they are reinstated."""

    person: Annotated[PersonId, "Who has left."]


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
    if person.exists:
        same = (person.name, person.email, person.title, person.kind_of) == (
            command.name,
            command.email,
            command.title,
            command.kind,
        )
        return NOTHING if same else IdTaken(id=command.person)
    return person.records(
        PersonJoined(person=command.person, kind=command.kind, name=command.name, email=command.email, title=command.title)
    )


def rename(command: RenamePerson, person: Person) -> Events:
    return NOTHING if person.name == command.name else person.records(PersonRenamed(person=command.person, name=command.name))


def change_profile(command: ChangeProfile, person: Person) -> Events:
    if (person.email, person.title) == (command.email, command.title):
        return NOTHING
    return person.records(PersonProfileChanged(person=command.person, email=command.email, title=command.title))


def suspend(command: SuspendPerson, person: Person) -> Events | HasLeft:
    match person.status:
        case "suspended":
            return NOTHING
        case "left":
            return HasLeft(person=command.person)
        case _:
            return person.records(PersonSuspended(person=command.person))


def reinstate(command: ReinstatePerson, person: Person) -> Events:
    return NOTHING if person.status == "active" else person.records(PersonReinstated(person=command.person))


def remove(command: RemovePerson, person: Person) -> Events:
    return NOTHING if person.status == "left" else person.records(PersonLeft(person=command.person))
