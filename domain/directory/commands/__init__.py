"""What may be wished for people and departments: one file per thing."""

from domain.directory.commands.department import CloseDepartment, MoveDepartment, OpenDepartment, RenameDepartment
from domain.directory.commands.limits import ADDRESS, EMAIL, NAME
from domain.directory.commands.membership import AppointLeader, DismissLeader, JoinDepartment, LeaveDepartment
from domain.directory.commands.person import AddPerson, ChangeProfile, ReinstatePerson, RemovePerson, RenamePerson, SuspendPerson

__all__ = [
    "ADDRESS",
    "EMAIL",
    "NAME",
    "AddPerson",
    "AppointLeader",
    "ChangeProfile",
    "CloseDepartment",
    "DismissLeader",
    "JoinDepartment",
    "LeaveDepartment",
    "MoveDepartment",
    "OpenDepartment",
    "ReinstatePerson",
    "RemovePerson",
    "RenameDepartment",
    "RenamePerson",
    "SuspendPerson",
]
