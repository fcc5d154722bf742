"""What may be wished for departments."""

from pydantic import Field

from domain.directory.commands.limits import NAME
from domain.directory.ids import DepartmentId
from domain.kernel.commands import Command, Line
from domain.kernel.identifiers import PersonId


class OpenDepartment(Command):
    """Open a department, below another one or at the top."""

    department: DepartmentId = Field(description="The new department's id, made by the client.")
    name: Line = Field(description="What it is called.", max_length=NAME)
    parent: DepartmentId | None = Field(default=None, description="The department that it belongs to.")


class RenameDepartment(Command):
    """Call a department by another name."""

    department: DepartmentId = Field(description="Which one.")
    name: Line = Field(description="What it is called from now on.", max_length=NAME)


class MoveDepartment(Command):
    """Let a department, with all that is below it, belong to another one."""

    department: DepartmentId = Field(description="Which one.")
    parent: DepartmentId | None = Field(default=None, description="Where it belongs from now on; left out, at the top.")


class MergeDepartment(Command):
    """Let a department become part of another one: its members belong there from now on, and what is below it stays below it."""

    department: DepartmentId = Field(description="What ends as a department of its own.")
    into: DepartmentId = Field(description="What it becomes part of.")


class FollowMerge(Command):
    """Let a member of a merged department belong to what it became. The platform does it for each of them by itself."""

    department: DepartmentId = Field(description="The department that was merged.")
    person: PersonId = Field(description="Its member.")


class CloseDepartment(Command):
    """Close a department: nobody joins it and nothing is opened below it any more."""

    department: DepartmentId = Field(description="Which one.")
