"""People, as everybody in the organisation sees them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from domain.directory.events import (
    PersonJoined,
    PersonKind,
    PersonLeft,
    PersonProfileChanged,
    PersonReinstated,
    PersonRenamed,
    PersonSuspended,
    PrimaryDepartmentChanged,
)
from domain.kernel.events import Recorded
from domain.kernel.personal import readable
from projections.directory.department import Department
from projections.engine.feeds import feeds
from projections.engine.fields import Maybe, column, found, listed, many, one, replace
from projections.engine.model import Model

KINDS = {
    "employee": "Works for the organisation.",
    "guest": "Comes from outside, and sees what they were invited to.",
    "bot": "A program that speaks under a name of its own.",
}
STANDINGS = {
    "active": "Takes part.",
    "suspended": "May do nothing until further notice.",
    "left": "No longer belongs to the organisation; what they said and did stays theirs.",
}


class Person(
    Model,
    visible="true",
    queries=(
        found("viewer", "Yourself, as others see you.", where="{this}.id = {viewer}"),
        found("person", "Somebody, by their id."),
        listed("people", "Everybody, those who left included.", order="name"),
    ),
):
    """Somebody of the organisation: an employee, a guest, or a program that speaks under a name of its own."""

    kind: PersonKind = column("What they are to the organisation.", filter=("eq", "any"), choices=KINDS)
    name: str | None = column(
        "The name that others see; nothing where it was erased.", personal=True, order=True, filter=("eq", "contains")
    )
    email: str | None = column("Where to write to them.", personal=True, filter=("eq",))
    title: str | None = column("What they are called in their work.", personal=True, filter=("contains",))
    standing: Literal["active", "suspended", "left"] = column(
        "Whether they take part.", default="active", filter=("eq", "any"), choices=STANDINGS
    )
    joined_at: datetime = column("When they came.", order=True, filter=("gte", "lt"))
    primary_department: Maybe[Department] = one(
        "The department that they belong to first of all.",
        inverse=many("primary_people", "Those who belong here first of all.", order="name"),
        default=None,
    )


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
    )


@feeds()
def renamed(row: Person, said: Recorded[PersonRenamed]) -> Person:
    return replace(row, name=readable(said.event.name))


@feeds()
def profile_changed(row: Person, said: Recorded[PersonProfileChanged]) -> Person:
    return replace(row, email=readable(said.event.email), title=readable(said.event.title))


@feeds()
def placed(row: Person, said: Recorded[PrimaryDepartmentChanged]) -> Person:
    return replace(row, primary_department=said.event.department)


@feeds()
def suspended(row: Person, said: Recorded[PersonSuspended]) -> Person:
    return replace(row, standing="suspended")


@feeds()
def reinstated(row: Person, said: Recorded[PersonReinstated]) -> Person:
    return replace(row, standing="active")


@feeds()
def left(row: Person, said: Recorded[PersonLeft]) -> Person:
    return replace(row, standing="left")
