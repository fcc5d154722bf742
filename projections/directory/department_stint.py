"""From when until when people belonged to departments."""

from __future__ import annotations

from domain.directory.events.membership import DepartmentJoined, DepartmentLeft
from domain.kernel.events import Recorded
from projections.access.people import STAFF
from projections.directory.department import Department
from projections.directory.department_membership import DepartmentMembership
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, one, replace
from projections.engine.model import Model
from projections.engine.values import Long


class DepartmentStint(Model, visible={"belongs to the organisation": STAFF}, indexes=("department_id, person_id",)):
    """A time in which somebody belonged to a department."""

    since: Long = column("The position at which it began.", order=True)
    until: Long | None = column("The position at which it ended; nothing while it lasts.", default=None)
    membership: To[DepartmentMembership] = one("The place that they had, or have.", index=True)
    department: To[Department] = one("Where.")
    person: To[Person] = one("Who.")


@feeds()
def began(said: Recorded[DepartmentJoined]) -> DepartmentStint:
    fact = said.event
    return DepartmentStint(
        id=said.id, since=Long(said.position), membership=said.thing, department=fact.department, person=fact.person
    )


@feeds(where={"membership": "thing"})
def ended(row: DepartmentStint, said: Recorded[DepartmentLeft]) -> DepartmentStint:
    return row if row.until is not None else replace(row, until=Long(said.position))
