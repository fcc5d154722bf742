"""Reporting lines: those beside the manager's, and all who are above or below somebody.

What follows from many rows is a view. Each is walked from one end, given by the row that is asked about: so the database goes
along one chain, or into one part of the tree, and never looks at all of it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.directory.events.reporting import DottedLineDrawn, DottedLineErased
from domain.kernel.events import Recorded
from domain.kernel.identifiers import derived
from projections.access.people import STAFF
from projections.directory.department import Department
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, many, one
from projections.engine.model import Model


class DottedLine(Model, visible={"belongs to the organisation": STAFF}):
    """Somebody reports to another person as well, beside their manager."""

    since: datetime = column("Since when.", order=True)
    person: To[Person] = one("Who reports.", inverse=many("dotted_lines", "Their lines beside the manager's.", order="since"))
    to: To[Person] = one("To whom.", inverse=many("dotted_reports", "Who reports to them beside their manager.", order="since"))


def _line(said: Recorded[DottedLineDrawn | DottedLineErased]) -> UUID:
    return derived("directory.dotted_line", said.event.person, said.event.to)


@feeds()
def drawn(said: Recorded[DottedLineDrawn]) -> DottedLine:
    return DottedLine(id=_line(said), person=said.event.person, to=said.event.to, since=said.effective_at)


@feeds(by=_line)
def erased(row: DottedLine, said: Recorded[DottedLineErased]) -> None:
    return None


# Who has left is passed over: whoever took over stands in, else it goes on with the manager of who has left. A successor who is
# on the way already can't stand in, for people may take over from their own manager.
UPWARDS = """
    select md5(p.id::text || u.id::text)::uuid as id, u.level, p.id as person_id, u.id as manager_id
    from {person} p cross join lateral (
        with recursive up (id, gone, manager_id, successor_id, level, way) as (
            select p.id, false, p.reports_to_id, null::uuid, 0, array[p.id]
            union all
            select n.id, n.standing = 'left', n.reports_to_id, n.successor_id,
                   up.level + (n.standing <> 'left')::integer, up.way || n.id
            from up join {person} n on n.id = case
                when up.gone and up.successor_id <> all(up.way) then up.successor_id else up.manager_id end
            where n.id <> all(up.way) and cardinality(up.way) <= 48
        )
        select up.id, up.level from up where not up.gone and cardinality(up.way) > 1
    ) u
"""
DOWNWARDS = """
    select md5(p.id::text || b.id::text)::uuid as id, b.level, p.id as manager_id, b.id as person_id
    from {person} p cross join lateral (
        with recursive below (id, level, gone) as (
            select p.id, 0, false
            union all
            select n.id, below.level + 1, n.standing = 'left'
            from below join {person} n on n.reports_to_id = below.id where below.level < 48
        )
        select below.id, below.level from below where below.level > 0 and not below.gone
    ) b
"""
# Who has left is looked up once for all: of the past, each member's versions would be looked for in two tables.
INWARDS = """
    select md5(d.id::text || m.person_id::text)::uuid as id, min(b.level) as level, min(m.since) as since,
           d.id as department_id, m.person_id
    from {department} d cross join lateral (
        with recursive below (id, level) as (
            select d.id, 0
            union all
            select c.id, below.level + 1 from below join {department} c on c.parent_id = below.id where below.level < 48
        )
        select below.id, below.level from below
    ) b
    join {department_membership} m on m.department_id = b.id
    where m.person_id not in (select p.id from {person} p where p.standing = 'left')
    group by d.id, m.person_id
"""


class ManagerAbove(Model, visible={"belongs to the organisation": STAFF}, view=UPWARDS):
    """Somebody above a person in their reporting line, as it holds: where a manager has left, whoever took over stands in."""

    level: int = column("How far above: 1 is their own manager.", order=True, filter=("eq", "lt", "gte"))
    person: To[Person] = one("Who reports.", inverse=many("managers", "All above them, nearest first.", order="level"))
    manager: To[Person] = one("Who is above.")


class StaffMember(Model, visible={"belongs to the organisation": STAFF}, view=DOWNWARDS):
    """Somebody below a person in the reporting lines."""

    level: int = column("How far below: 1 reports directly.", order=True, filter=("eq", "lt", "gte"))
    manager: To[Person] = one("Who is above.", inverse=many("staff", "All who report to them, nearest first.", order="level"))
    person: To[Person] = one("Who is below.")


class DepartmentPerson(Model, visible={"belongs to the organisation": STAFF}, view=INWARDS):
    """Somebody who belongs to a department, or to one below it; once, however many those are."""

    level: int = column("How far below the department: 0 belongs to itself.", order=True, filter=("eq", "lt", "gte"))
    since: datetime = column("Since when they belong to one of these departments.", order=True)
    department: To[Department] = one(
        "The department.", inverse=many("everybody", "All who belong to it or to the departments below it.", order="since")
    )
    person: To[Person] = one("Who.")
