"""What happens between people and departments."""

from domain.directory.ids import DepartmentId
from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId


class DepartmentJoined(Event, wire="directory.department_joined.v1"):
    """Somebody belongs to a department."""

    department: DepartmentId
    person: PersonId


class DepartmentLeft(Event, wire="directory.department_left.v1"):
    """Somebody no longer belongs to a department, and so leads it no longer."""

    department: DepartmentId
    person: PersonId


class LeaderAppointed(Event, wire="directory.leader_appointed.v1"):
    """Somebody leads a department, alone or with others."""

    department: DepartmentId
    person: PersonId


class LeaderDismissed(Event, wire="directory.leader_dismissed.v1"):
    """Somebody no longer leads a department, and still belongs to it."""

    department: DepartmentId
    person: PersonId


DepartmentMembershipEvent = DepartmentJoined | DepartmentLeft | LeaderAppointed | LeaderDismissed

catalogue(DepartmentJoined, DepartmentLeft, LeaderAppointed, LeaderDismissed)
