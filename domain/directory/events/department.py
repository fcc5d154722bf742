"""What happens to departments."""

from domain.directory.ids import DepartmentId
from domain.kernel.events import Event, catalogue


class DepartmentOpened(Event, wire="directory.department_opened.v1"):
    """A department came into being: below another one, or at the top."""

    name: str
    parent: DepartmentId | None = None


class DepartmentRenamed(Event, wire="directory.department_renamed.v1"):
    """A department has another name and is the same."""

    name: str


class DepartmentMoved(Event, wire="directory.department_moved.v1"):
    """A department with all that is below it belongs to another one, or to none."""

    parent: DepartmentId | None = None


class DepartmentMerged(Event, wire="directory.department_merged.v1"):
    """A department became part of another one. It stays what it was in the history, below what it became."""

    into: DepartmentId


class DepartmentClosed(Event, wire="directory.department_closed.v1"):
    """A department takes nobody in any more and nothing is opened below it."""


DepartmentEvent = DepartmentOpened | DepartmentRenamed | DepartmentMoved | DepartmentMerged | DepartmentClosed

catalogue(DepartmentOpened, DepartmentRenamed, DepartmentMoved, DepartmentMerged, DepartmentClosed)
