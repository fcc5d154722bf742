"""Who administers the organisation and its departments."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.access.events.administration import AdministratorAppointed, AdministratorDismissed
from domain.kernel.events import Recorded
from domain.kernel.identifiers import derived
from projections.access.people import STAFF
from projections.directory.department import Department
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import Maybe, To, column, listed, many, one
from projections.engine.model import Model


class Administrator(
    Model,
    version=2,
    visible={"belongs to the organisation": STAFF},
    queries=(listed("administrators", "Everybody who administers.", order="since"),),
):
    """Somebody who administers a department and those below it, or the whole organisation."""

    since: datetime = column("When they were appointed.", order=True)
    person: To[Person] = one("Who.", inverse=many("administers", "What they administer.", order="since"))
    department: Maybe[Department] = one(
        "The department; none means the whole organisation.",
        inverse=many(
            "administrators", "Those who administer exactly this one; who administers one above does too.", order="since"
        ),
    )


def office(said: Recorded[AdministratorAppointed | AdministratorDismissed]) -> UUID:
    """The row's id: one person, whose appointments are one stream, may administer several departments."""
    return derived("access.office", said.thing, said.event.department or "organisation")


@feeds(by=office)
def appointed(said: Recorded[AdministratorAppointed]) -> Administrator:
    return Administrator(id=office(said), person=said.event.person, department=said.event.department, since=said.effective_at)


@feeds(by=office)
def dismissed(row: Administrator, said: Recorded[AdministratorDismissed]) -> None:
    return None
