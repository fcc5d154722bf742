"""Departments and their tree."""

from __future__ import annotations

from datetime import datetime

from domain.directory.events.department import (
    DepartmentClosed,
    DepartmentMerged,
    DepartmentMoved,
    DepartmentOpened,
    DepartmentRenamed,
)
from domain.kernel.events import Recorded
from projections.access.people import STAFF
from projections.engine.feeds import feeds
from projections.engine.fields import Formula, Maybe, column, formula, found, listed, many, one, replace
from projections.engine.model import Model
from projections.engine.ways import Among

HERE = "select count(*)::integer from {department_membership} m join {person} p on p.id = m.person_id and p.standing <> 'left'"
BELOW = """
    with recursive below (id) as (
        select {this}.id union all select d.id from below b join {department} d on d.parent_id = b.id
    )
    select count(distinct m.person_id)::integer
    from below b join {department_membership} m on m.department_id = b.id
    join {person} p on p.id = m.person_id and p.standing <> 'left'
"""
ABOVE = """
    with recursive above (id, parent_id, level) as (
        select {this}.id, {this}.parent_id, 0
        union all
        select d.id, d.parent_id, a.level + 1 from above a join {department} d on d.id = a.parent_id where a.level < 48
    )
    select max(level) from above
"""


class Department(
    Model,
    case="visible",
    visible={
        "belongs to the organisation": STAFF,
        "guest of one of its channels": Among("id", "s.department_id", "{seen_channel} s"),
    },
    version=2,
    queries=(
        found("department", "A department, by its id."),
        listed("departments", "All departments, those closed or merged included.", order="name"),
        listed("top_departments", "The departments at the top of the tree.", order="name", where="{this}.parent_id is null"),
    ),
):
    """A part of the organisation that people belong to; departments form a tree."""

    name: str = column("What it is called.", order=True, filter=("eq", "contains"))
    closed: bool = column("Whether it takes nobody in any more, because it was closed or merged.", default=False, filter=("eq",))
    opened_at: datetime = column("When it came into being.", order=True)
    parent: Maybe[Department] = one(
        "The department that it is part of; none at the top.",
        inverse=many("children", "The departments right below it, those that were merged into it included.", order="name"),
        default=None,
    )
    merged_into: Maybe[Department] = one(
        "The department that it became part of, which is then its parent too.",
        inverse=many("merged", "The departments that became part of it.", order="name"),
        default=None,
    )
    level: Formula[int] = formula(ABOVE, "How many departments are above it.")
    size: Formula[int] = formula(
        f"{HERE} where m.department_id = {{this}}.id", "How many people belong to it, without the departments below."
    )
    head_count: Formula[int] = formula(BELOW, "How many people belong to it or to the departments below, each counted once.")


@feeds()
def opened(said: Recorded[DepartmentOpened]) -> Department:
    return Department(id=said.thing, name=said.event.name, parent=said.event.parent, opened_at=said.effective_at)


@feeds()
def renamed(row: Department, said: Recorded[DepartmentRenamed]) -> Department:
    return replace(row, name=said.event.name)


@feeds()
def moved(row: Department, said: Recorded[DepartmentMoved]) -> Department:
    return replace(row, parent=said.event.parent)


@feeds()
def closed(row: Department, said: Recorded[DepartmentClosed]) -> Department:
    return replace(row, closed=True)


@feeds()
def merged(row: Department, said: Recorded[DepartmentMerged]) -> Department:
    return replace(row, parent=said.event.into, merged_into=said.event.into, closed=True)
