"""What may be wished for people and departments: one file per thing."""

from domain.directory.commands.department import (
    CloseDepartment,
    FollowMerge,
    MergeDepartment,
    MoveDepartment,
    OpenDepartment,
    RenameDepartment,
)
from domain.directory.commands.limits import ADDRESS, EMAIL, NAME
from domain.directory.commands.membership import AppointLeader, DismissLeader, JoinDepartment, LeaveDepartment
from domain.directory.commands.person import (
    AddPerson,
    ChangeKind,
    ChangeProfile,
    OffboardPerson,
    ReinstatePerson,
    RemovePerson,
    RenamePerson,
    SuspendPerson,
    UndoOffboarding,
)
from domain.directory.commands.post import AssignPost, ClosePost, OpenPost, RenamePost, WithdrawPost
from domain.directory.commands.reporting import ChangeManager, DrawDottedLine, EraseDottedLine

__all__ = [
    "ADDRESS",
    "EMAIL",
    "NAME",
    "AddPerson",
    "AppointLeader",
    "AssignPost",
    "ChangeKind",
    "ChangeManager",
    "ChangeProfile",
    "CloseDepartment",
    "ClosePost",
    "DismissLeader",
    "DrawDottedLine",
    "EraseDottedLine",
    "FollowMerge",
    "JoinDepartment",
    "LeaveDepartment",
    "MergeDepartment",
    "MoveDepartment",
    "OffboardPerson",
    "OpenDepartment",
    "OpenPost",
    "ReinstatePerson",
    "RemovePerson",
    "RenameDepartment",
    "RenamePerson",
    "RenamePost",
    "SuspendPerson",
    "UndoOffboarding",
    "WithdrawPost",
]
