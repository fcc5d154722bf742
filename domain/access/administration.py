"""Administrators: of the whole organisation (primary), or of a department with those below it."""

from typing import Annotated, assert_never

from msgspec.structs import replace

from domain.access.commands.administration import AppointAdministrator, DismissAdministrator
from domain.access.events.administration import AdministrationEvent, AdministratorAppointed, AdministratorDismissed
from domain.directory.department import Department
from domain.directory.ids import DepartmentId
from domain.directory.person import HasLeft, Person
from domain.kernel.decisions import decides
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by, climb
from domain.kernel.refusals import Refusal
from domain.kernel.rules import Check, Held, Rule, Verdict
from domain.kernel.states import NOTHING, Events, Maybe, State

EVERYWHERE = "organisation"
"""The scope of what is given everywhere, as an authority names it."""
DEPARTMENT_ADMINISTRATOR = "administrator of the department"


class Administration(State[AdministrationEvent], kind="access.administration", key=(PersonId,)):
    """What somebody administers."""

    primary: bool = False
    departments: frozenset[DepartmentId] = frozenset()

    def evolve(self, event: AdministrationEvent) -> "Administration":
        match event:
            case AdministratorAppointed(department=None):
                return replace(self, primary=True)
            case AdministratorAppointed(department=department):
                return replace(self, departments=self.departments | {department})
            case AdministratorDismissed(department=None):
                return replace(self, primary=False)
            case AdministratorDismissed(department=department):
                return replace(self, departments=self.departments - {department})
            case _:
                assert_never(event)

    def covers(self, department: DepartmentId | None) -> bool:
        """Whether exactly this was given to them: a department, or with None the whole organisation."""
        return self.primary if department is None else department in self.departments


def administrator() -> Rule:
    """Whoever administers the whole organisation."""
    return Check("primary administrator", _primary)


def administrator_of(department: str) -> Rule:
    """Whoever administers the department that this path names, or one above it, or the whole organisation."""
    return administrator() | department_administrator_of(department)


def department_administrator_of(department: str) -> Rule:
    """Whoever administers the department that this path names, or one above it. Where the path is None, nobody does."""

    def check(
        administration: Maybe[Administration] = by("actor"),
        scopes: tuple[Department, ...] = climb(department, "parent"),
    ) -> Verdict:
        given = next((scope for scope in scopes if scope.thing in administration.departments), None)
        return given is not None and Held(scope=given.stream)

    return Check(DEPARTMENT_ADMINISTRATOR, check)


def _primary(administration: Maybe[Administration] = by("actor")) -> Verdict:
    return administration.primary and Held(scope=EVERYWHERE)


class AnotherMustDismiss(Refusal, frozen=True):
    """A primary administrator is dismissed by another one, so that one always remains."""

    person: Annotated[PersonId, "Who would be dismissed."]


@decides(allowed=administrator_of("command.department"))
def appoint(
    command: AppointAdministrator,
    person: Person,
    department: Department | None,
    appointed: Maybe[Administration] = by("person"),
) -> Events | HasLeft:
    if appointed.covers(command.department):
        return NOTHING
    if person.status == "left":
        return HasLeft(person=command.person)
    return appointed.records(AdministratorAppointed(person=command.person, department=command.department))


@decides(allowed=administrator_of("command.department"))
def dismiss(
    command: DismissAdministrator,
    actor: PersonId,
    administration: Maybe[Administration] = by("actor"),
    dismissed: Maybe[Administration] = by("person"),
) -> Events | AnotherMustDismiss:
    if not dismissed.covers(command.department):
        return NOTHING
    if command.department is None and (actor == command.person or not administration.primary):
        return AnotherMustDismiss(person=command.person)
    return dismissed.records(AdministratorDismissed(person=command.person, department=command.department))
