"""People, as everybody in the organisation sees them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from domain.directory.events.person import (
    Details,
    OffboardingUndone,
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
from domain.directory.events.reporting import ManagerChanged
from domain.kernel.events import Recorded
from domain.kernel.personal import Erased, readable
from projections.access.people import SEEN_BY_GUESTS, STAFF
from projections.directory.department import Department
from projections.engine.feeds import feeds
from projections.engine.fields import Formula, Maybe, column, formula, found, listed, many, one, replace
from projections.engine.model import Model

KINDS = {
    "employee": "Works for the organisation.",
    "contractor": "Works here under contract.",
    "guest": "Comes from outside, and sees what they were invited to.",
    "service": "Another system that acts here.",
    "bot": "A program that speaks under a name of its own.",
}
STANDINGS = {
    "active": "Takes part.",
    "suspended": "May do nothing until further notice.",
    "left": "No longer belongs to the organisation; what they said and did stays theirs.",
}


DETAILS = ("details",)
STAFF_SIZE = """
    with recursive below (id, level, gone) as (
        select {this}.id, 0, false
        union all
        select p.id, b.level + 1, p.standing = 'left' from below b join {person} p on p.reports_to_id = b.id where b.level < 48
    )
    select count(*)::integer from below b where b.level > 0 and not b.gone
"""


class Person(
    Model,
    case="visible",
    visible={"belongs to the organisation": STAFF, "guest who meets them, or whom they invited": SEEN_BY_GUESTS},
    version=2,
    indexes=(
        "reports_to_id",  # reporting lines go on through those who have left, which the index of `reports` leaves out
        "id where standing = 'left'",  # lists of a department's people leave them out
    ),
    queries=(
        found("viewer", "Yourself, as others see you.", where="{this}.id = {viewer}"),
        found("person", "Somebody, by their id."),
        listed("people", "Everybody, those who left included.", order="name"),
    ),
):
    """Somebody of the organisation: whoever works here, a guest, or a program."""

    kind: PersonKind = column("What they are to the organisation.", filter=("eq", "any"), choices=KINDS)
    name: str | None = column(
        "The name that others see; nothing where it was erased.", personal=True, order=True, filter=("eq", "contains")
    )
    email: str | None = column("Where to write to them.", personal=True, filter=("eq",))
    title: str | None = column("What they are called in their work.", personal=True, filter=("contains",))
    number: str | None = column("Their employee number.", personal=DETAILS, filter=("eq",))
    phone: str | None = column("Their telephone number at work.", personal=DETAILS)
    location: str | None = column("Where they work.", personal=DETAILS, filter=("eq", "contains"))
    language: str | None = column("What they read best, as RFC 5646 writes it.", personal=DETAILS, filter=("eq",))
    time_zone: str | None = column("By whose clock they work: a name of the IANA's database.", personal=DETAILS, filter=("eq",))
    standing: Literal["active", "suspended", "left"] = column(
        "Whether they take part.", default="active", filter=("eq", "any"), choices=STANDINGS
    )
    joined_at: datetime = column("When they came.", order=True, filter=("gte", "lt"))
    primary_department: Maybe[Department] = one(
        "The department that they belong to first of all.",
        inverse=many("primary_people", "Those who belong here first of all.", order="name"),
        default=None,
    )
    reports_to: Maybe[Person] = one(
        "Their manager, as it was last said. Where that one has left, `managers` tells who stands in.",
        inverse=many("reports", "Those whose manager they are.", order="name", where="{this}.standing <> 'left'"),
        default=None,
    )
    successor: Maybe[Person] = one("Who took over from them when they were offboarded.", default=None)
    undo_until: datetime | None = column("Until when their offboarding can be undone.", default=None)
    staff_size: Formula[int] = formula(STAFF_SIZE, "How many people report to them, directly or through others.")


@feeds()
def joined(said: Recorded[PersonJoined]) -> Person:
    fact = said.event
    return Person(
        id=fact.person,
        kind=fact.kind,
        name=readable(fact.name),
        email=readable(fact.email),
        title=readable(fact.title),
        joined_at=said.effective_at,
        primary_department=fact.department,
        **_details(fact.details),
    )


@feeds()
def renamed(row: Person, said: Recorded[PersonRenamed]) -> Person:
    return replace(row, name=readable(said.event.name))


@feeds()
def profile_changed(row: Person, said: Recorded[PersonProfileChanged]) -> Person:
    fact = said.event
    return replace(row, email=readable(fact.email), title=readable(fact.title), **_details(fact.details))


def _details(details: Details | Erased) -> Mapping[str, Any]:
    known = readable(details) or Details()
    return {name: getattr(known, name) for name in ("number", "phone", "location", "language", "time_zone")}


@feeds()
def of_another_kind(row: Person, said: Recorded[PersonKindChanged]) -> Person:
    return replace(row, kind=said.event.kind)


@feeds(by="person")
def reporting(row: Person, said: Recorded[ManagerChanged]) -> Person:
    return replace(row, reports_to=said.event.manager)


@feeds()
def placed(row: Person, said: Recorded[PrimaryDepartmentChanged]) -> Person:
    return replace(row, primary_department=said.event.department)


@feeds()
def suspended(row: Person, said: Recorded[PersonSuspended]) -> Person:
    return replace(row, standing="suspended")


@feeds()
def reinstated(row: Person, said: Recorded[PersonReinstated]) -> Person:
    return replace(row, standing="active", successor=None, undo_until=None)


@feeds()
def left(row: Person, said: Recorded[PersonLeft]) -> Person:
    return replace(row, standing="left")


@feeds()
def offboarded(row: Person, said: Recorded[PersonOffboarded]) -> Person:
    return replace(row, standing="left", successor=said.event.successor, undo_until=said.event.undo_until)


@feeds()
def stayed(row: Person, said: Recorded[OffboardingUndone]) -> Person:
    return replace(row, standing=said.event.standing, successor=None, undo_until=None)
