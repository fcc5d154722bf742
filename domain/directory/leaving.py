"""Being suspended, leaving, and coming back. What somebody may do and belongs to follows from their status, here and in SQL:
nothing of it is changed when they go, so it ends at once, and is there again as it was when they return."""

from datetime import datetime
from typing import Annotated

from domain.directory.commands.person import OffboardPerson, ReinstatePerson, RemovePerson, SuspendPerson, UndoOffboarding
from domain.directory.events.person import OffboardingUndone, PersonLeft, PersonOffboarded, PersonReinstated, PersonSuspended
from domain.directory.person import HasLeft, Person
from domain.kernel.identifiers import PersonId
from domain.kernel.loads import by
from domain.kernel.refusals import Refusal
from domain.kernel.states import NOTHING, Events


class CannotTakeOver(Refusal, frozen=True):
    """What was somebody's is taken over by another person who takes part here."""

    successor: Annotated[PersonId, "Who can't."]


class CannotBeUndone(Refusal, frozen=True):
    """Somebody's leaving can be undone only if they were offboarded so, and until the moment that was said then."""

    person: Annotated[PersonId, "Who has left."]
    undo_until: Annotated[datetime | None, "Until when it could have been undone, if at all."] = None


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


def offboard(
    command: OffboardPerson, person: Person, successor: Person | None = by("successor")
) -> Events | HasLeft | CannotTakeOver:
    if person.status == "left":
        same = (person.successor, person.undo_until) == (command.successor, command.undo_until)
        return NOTHING if same else HasLeft(person=command.person)
    if command.successor and (successor is None or successor.status != "active" or command.successor == command.person):
        return CannotTakeOver(successor=command.successor)
    return person.records(PersonOffboarded(person=command.person, successor=command.successor, undo_until=command.undo_until))


def undo(command: UndoOffboarding, person: Person, now: datetime) -> Events | CannotBeUndone:
    if person.status != "left":
        return NOTHING
    if person.undo_until is None or now > person.undo_until:
        return CannotBeUndone(person=command.person, undo_until=person.undo_until)
    return person.records(OffboardingUndone(person=command.person, standing=person.before))
