"""What has to happen so that things of the directory become as they are wanted: for imports, and for taking them back.

`wanted` is a state as it shall be. One that doesn't exist is wanted where the thing was made by what is taken back: people then
leave, departments close, and places and lines end.
"""

from datetime import datetime

from domain.directory.department import Department
from domain.directory.events.department import DepartmentClosed, DepartmentMoved, DepartmentOpened, DepartmentRenamed
from domain.directory.events.membership import DepartmentJoined, DepartmentLeft, LeaderAppointed, LeaderDismissed
from domain.directory.events.person import (
    OffboardingUndone,
    PersonJoined,
    PersonKindChanged,
    PersonLeft,
    PersonOffboarded,
    PersonProfileChanged,
    PersonReinstated,
    PersonRenamed,
    PersonSuspended,
    PrimaryDepartmentChanged,
)
from domain.directory.events.post import PostAssigned, PostClosed, PostOpened, PostRenamed, PostWithdrawn
from domain.directory.events.reporting import DottedLineDrawn, DottedLineErased, ManagerChanged
from domain.directory.ids import DepartmentId, PostId
from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person
from domain.directory.post import Holding, Post
from domain.directory.reporting import ReportingLine
from domain.kernel.identifiers import PersonId
from domain.kernel.personal import Erased
from domain.kernel.states import NOTHING, Events


def settle_person(now: Person, wanted: Person) -> Events:
    """Name, profile, kind, standing and first department."""
    who = PersonId(now.thing)
    if wanted.status == "unknown":
        return NOTHING if now.status in ("unknown", "left") else now.records(PersonLeft(person=who))
    if not now.exists:
        joined = PersonJoined(
            person=who,
            kind=wanted.kind_of,
            name=wanted.name,
            email=wanted.email,
            title=wanted.title,
            details=wanted.details,
            department=wanted.primary,
        )
        return now.records(joined)
    return _standing(now, wanted, who) + _profile(now, wanted, who)


def _standing(now: Person, wanted: Person, who: PersonId) -> Events:
    if now.status == wanted.status:
        return NOTHING
    match wanted.status:
        case "left":
            return now.records(PersonOffboarded(person=who, successor=wanted.successor, undo_until=wanted.undo_until))
        case "active" | "suspended" if (now.successor, now.undo_until) != (wanted.successor, wanted.undo_until):
            return now.records(OffboardingUndone(person=who, standing=wanted.status))
        case "suspended" if now.status == "left":
            return now.records(PersonReinstated(person=who), PersonSuspended(person=who))
        case "suspended":
            return now.records(PersonSuspended(person=who))
        case _:
            return now.records(PersonReinstated(person=who))


def _profile(now: Person, wanted: Person, who: PersonId) -> Events:
    events: Events = NOTHING
    if now.name != wanted.name and not isinstance(wanted.name, Erased):
        events += now.records(PersonRenamed(person=who, name=wanted.name))
    if (now.email, now.title, now.details) != (wanted.email, wanted.title, wanted.details):
        changed = PersonProfileChanged(person=who, email=wanted.email, title=wanted.title, details=wanted.details)
        events += now.records(changed)
    if now.kind_of != wanted.kind_of:
        events += now.records(PersonKindChanged(person=who, kind=wanted.kind_of))
    if now.primary != wanted.primary:
        events += now.records(PrimaryDepartmentChanged(person=who, department=wanted.primary))
    return events


def leaver(now: Person, successor: PersonId | None, undo_until: datetime | None) -> Events:
    """Somebody who is no longer there: offboarded, and nothing else of theirs changed."""
    gone = PersonOffboarded(person=PersonId(now.thing), successor=successor, undo_until=undo_until)
    return NOTHING if now.status in ("unknown", "left") else now.records(gone)


def settle_department(now: Department, wanted: Department) -> Events:
    """Name and place. What was closed or merged stays so."""
    if not wanted.exists and wanted.status == "new":
        return now.records(DepartmentClosed()) if now.open else NOTHING
    if not now.exists:
        return now.records(DepartmentOpened(name=wanted.name, parent=wanted.parent))
    renamed = NOTHING if now.name == wanted.name else now.records(DepartmentRenamed(name=wanted.name))
    return renamed + (NOTHING if now.parent == wanted.parent else now.records(DepartmentMoved(parent=wanted.parent)))


def settle_membership(
    now: DepartmentMembership, wanted: DepartmentMembership, department: DepartmentId, person: PersonId
) -> Events:
    """Belonging and leading."""
    events: Events = NOTHING
    if now.active and not wanted.active:
        return now.records(DepartmentLeft(department=department, person=person))
    if wanted.active and not now.active:
        events += now.records(DepartmentJoined(department=department, person=person))
    if wanted.leader and not now.leader:
        events += now.records(LeaderAppointed(department=department, person=person))
    if now.leader and not wanted.leader:
        events += now.records(LeaderDismissed(department=department, person=person))
    return events


def settle_post(now: Post, wanted: Post) -> Events:
    """Being there, and the name. What was closed stays so."""
    if not wanted.exists and wanted.status == "new":
        return now.records(PostClosed()) if now.status == "open" else NOTHING
    if not now.exists:
        return now.records(PostOpened(name=wanted.name, department=wanted.department))
    return NOTHING if now.name == wanted.name else now.records(PostRenamed(name=wanted.name))


def settle_holding(now: Holding, wanted: Holding, post: PostId, person: PersonId) -> Events:
    """Holding a post."""
    if now.active == wanted.active:
        return NOTHING
    return now.records(PostAssigned(post=post, person=person) if wanted.active else PostWithdrawn(post=post, person=person))


def settle_line(now: ReportingLine, wanted: ReportingLine) -> Events:
    """The manager and the dotted lines."""
    who = PersonId(now.thing)
    events: Events = NOTHING
    if now.manager != wanted.manager:
        events += now.records(ManagerChanged(person=who, manager=wanted.manager))
    for to in sorted(now.dotted - wanted.dotted):
        events += now.records(DottedLineErased(person=who, to=to))
    for to in sorted(wanted.dotted - now.dotted):
        events += now.records(DottedLineDrawn(person=who, to=to))
    return events
