"""What may be wished between people and departments."""

from pydantic import Field

from domain.directory.ids import DepartmentId
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId


class JoinDepartment(Command):
    """Let somebody belong to a department, as their first one or as a further one."""

    department: DepartmentId = Field(description="Which one.")
    person: PersonId = Field(description="Who.")
    primary: bool = Field(default=False, description="Whether it is the one that they belong to first of all.")


class LeaveDepartment(Command):
    """Let somebody no longer belong to a department; they no longer lead it either."""

    department: DepartmentId = Field(description="Which one.")
    person: PersonId = Field(description="Who.")


class AppointLeader(Command):
    """Let a member of a department lead it, alone or with others."""

    department: DepartmentId = Field(description="Which one.")
    person: PersonId = Field(description="Who.")


class DismissLeader(Command):
    """Let somebody no longer lead a department; they still belong to it."""

    department: DepartmentId = Field(description="Which one.")
    person: PersonId = Field(description="Who.")
