"""Departments and their tree."""

from __future__ import annotations

from datetime import datetime

from domain.directory.events import DepartmentClosed, DepartmentMoved, DepartmentOpened, DepartmentRenamed
from domain.kernel.events import Recorded
from projections.engine.feeds import feeds
from projections.engine.fields import Formula, Maybe, column, formula, found, listed, many, one, replace
from projections.engine.model import Model


class Department(
    Model,
    visible="true",
    queries=(
        found("department", "A department, by its id."),
        listed("departments", "All departments, closed ones included.", order="name"),
    ),
):
    """A part of the organisation that people belong to; departments form a tree."""

    name: str = column("What it is called.", order=True, filter=("eq", "contains"))
    closed: bool = column("Whether it takes nobody in any more.", default=False, filter=("eq",))
    opened_at: datetime = column("When it came into being.", order=True)
    parent: Maybe[Department] = one(
        "The department that it is part of; none at the top.",
        inverse=many("children", "The departments right below it.", order="name"),
        default=None,
    )
    size: Formula[int] = formula(
        "select count(*)::integer from {department_membership} m where m.department_id = {this}.id",
        "How many people belong to it, without the departments below.",
    )


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
