"""A department: one node of the organisation's tree. Who may decide these is said in access."""

from typing import Annotated, Literal, assert_never

from msgspec.structs import replace

from domain.directory.commands.department import (
    CloseDepartment,
    MergeDepartment,
    MoveDepartment,
    OpenDepartment,
    RenameDepartment,
)
from domain.directory.events.department import (
    DepartmentClosed,
    DepartmentEvent,
    DepartmentMerged,
    DepartmentMoved,
    DepartmentOpened,
    DepartmentRenamed,
)
from domain.directory.ids import DepartmentId
from domain.kernel.loads import climb
from domain.kernel.refusals import IdTaken, Refusal
from domain.kernel.states import NOTHING, Events, New, State

LEVELS = 32
"""How many departments may be above one, where it is opened or moved to."""


class Department(State[DepartmentEvent], kind="directory.department", key=(DepartmentId,)):
    """Where a department stands in the tree. A closed one keeps its place, its name and those who belong to it; a merged one
    stands below what it became, so that whoever administers that administers what is still below the merged one."""

    status: Literal["new", "open", "closed", "merged"] = "new"
    name: str = ""
    parent: DepartmentId | None = None

    @property
    def open(self) -> bool:
        """Whether it takes in people, and other departments below it."""
        return self.status == "open"

    def evolve(self, event: DepartmentEvent) -> "Department":
        match event:
            case DepartmentOpened(name=name, parent=parent):
                return replace(self, status="open", name=name, parent=parent)
            case DepartmentRenamed(name=name):
                return replace(self, name=name)
            case DepartmentMoved(parent=parent):
                return replace(self, parent=parent)
            case DepartmentMerged(into=into):
                return replace(self, status="merged", parent=into)
            case DepartmentClosed():
                return replace(self, status="closed")
            case _:
                assert_never(event)


class DepartmentIsClosed(Refusal, frozen=True):
    """A department that was closed or merged takes nobody and nothing in any more, and stays as it was."""

    department: Annotated[DepartmentId, "The department that was closed or merged."]


class WouldBeCircular(Refusal, frozen=True):
    """A department can't belong to itself, nor to one that is below it."""

    department: Annotated[DepartmentId, "What would be moved."]
    parent: Annotated[DepartmentId, "Where it would belong: itself, or below it."]


class TooDeep(Refusal, frozen=True):
    """The tree of departments would become too deep."""

    levels: Annotated[int, "How many departments may be above one."]


Above = tuple[Department, ...] | None
"""A department with all those above it, nearest first; None at the top. All of them are guarded, so that two moves at
the same time can't make a circle together."""


def open_one(
    command: OpenDepartment, department: New[Department], above: Above = climb("parent", "parent")
) -> Events | IdTaken | DepartmentIsClosed | TooDeep:
    if department.exists:
        same = (department.name, department.parent) == (command.name, command.parent)
        return NOTHING if same else IdTaken(id=command.department)
    return _unfit(above) or department.records(DepartmentOpened(name=command.name, parent=command.parent))


def rename(command: RenameDepartment, department: Department) -> Events | DepartmentIsClosed:
    if department.name == command.name:
        return NOTHING
    if not department.open:
        return DepartmentIsClosed(department=command.department)
    return department.records(DepartmentRenamed(name=command.name))


def move(
    command: MoveDepartment, department: Department, above: Above = climb("parent", "parent")
) -> Events | WouldBeCircular | DepartmentIsClosed | TooDeep:
    if department.parent == command.parent:
        return NOTHING
    if command.parent and any(one.stream == department.stream for one in above or ()):
        return WouldBeCircular(department=command.department, parent=command.parent)
    if department.status == "merged":
        return DepartmentIsClosed(department=command.department)
    return _unfit(above) or department.records(DepartmentMoved(parent=command.parent))


def merge(
    command: MergeDepartment, department: Department, above: Above = climb("into", "parent")
) -> Events | WouldBeCircular | DepartmentIsClosed | TooDeep:
    if department.status == "merged":
        return NOTHING if department.parent == command.into else DepartmentIsClosed(department=command.department)
    if any(one.stream == department.stream for one in above or ()):
        return WouldBeCircular(department=command.department, parent=command.into)
    return _unfit(above) or department.records(DepartmentMerged(into=command.into))


def close(command: CloseDepartment, department: Department) -> Events:
    return department.records(DepartmentClosed()) if department.open else NOTHING


def _unfit(above: Above) -> DepartmentIsClosed | TooDeep | None:
    """Why nothing can be put below these, if so."""
    if above and len(above) > LEVELS:
        return TooDeep(levels=LEVELS)
    if above and not above[0].open:
        return DepartmentIsClosed(department=DepartmentId(above[0].thing))
    return None
