"""What happens to people and departments: one file per thing."""

from domain.directory.events.department import (
    DepartmentClosed,
    DepartmentEvent,
    DepartmentMoved,
    DepartmentOpened,
    DepartmentRenamed,
)
from domain.directory.events.membership import (
    DepartmentJoined,
    DepartmentLeft,
    DepartmentMembershipEvent,
    LeaderAppointed,
    LeaderDismissed,
)
from domain.directory.events.person import (
    PersonEvent,
    PersonIdentified,
    PersonJoined,
    PersonKind,
    PersonLeft,
    PersonProfileChanged,
    PersonReinstated,
    PersonRenamed,
    PersonSuspended,
    PrimaryDepartmentChanged,
)
from domain.directory.ids import DepartmentId

__all__ = [
    "DepartmentClosed",
    "DepartmentEvent",
    "DepartmentId",
    "DepartmentJoined",
    "DepartmentLeft",
    "DepartmentMembershipEvent",
    "DepartmentMoved",
    "DepartmentOpened",
    "DepartmentRenamed",
    "LeaderAppointed",
    "LeaderDismissed",
    "PersonEvent",
    "PersonIdentified",
    "PersonJoined",
    "PersonKind",
    "PersonLeft",
    "PersonProfileChanged",
    "PersonReinstated",
    "PersonRenamed",
    "PersonSuspended",
    "PrimaryDepartmentChanged",
]
