"""Who belongs to which departments, and who leads them."""

from __future__ import annotations

from datetime import datetime

from domain.directory.events.membership import DepartmentJoined, DepartmentLeft, LeaderAppointed, LeaderDismissed
from domain.kernel.events import Recorded
from projections.access.people import STAFF
from projections.directory.department import Department
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, many, one, replace
from projections.engine.model import Model

STAY = "exists (select from {person} p where p.id = {this}.person_id and p.standing <> 'left')"


class DepartmentMembership(
    Model,
    visible={"belongs to the organisation": STAFF, "themselves": "{this}.person_id = {viewer}"},
    live="viewer",
    indexes=("department_id, person_id",),
):
    """Somebody's place in a department: the primary one or a further one. It ends when they leave the organisation."""

    leader: bool = column("Whether they lead it, alone or with others.", default=False, filter=("eq",))
    since: datetime = column("When they came to it.", order=True)
    department: To[Department] = one("Where.", inverse=many("members", "Those who belong to it.", order="since", where=STAY))
    person: To[Person] = one("Who.", inverse=many("departments", "Where they belong.", order="since", where=STAY))


@feeds()
def joined(said: Recorded[DepartmentJoined]) -> DepartmentMembership:
    fact = said.event
    return DepartmentMembership(id=said.thing, department=fact.department, person=fact.person, since=said.effective_at)


@feeds()
def appointed(row: DepartmentMembership, said: Recorded[LeaderAppointed]) -> DepartmentMembership:
    return replace(row, leader=True)


@feeds()
def dismissed(row: DepartmentMembership, said: Recorded[LeaderDismissed]) -> DepartmentMembership:
    return replace(row, leader=False)


@feeds()
def left(row: DepartmentMembership, said: Recorded[DepartmentLeft]) -> None:
    return None
