"""What may be wished for people and departments."""

from pydantic import Field

from domain.directory.events import DepartmentId, PersonKind
from domain.kernel.commands import Command, Line
from domain.kernel.identifiers import PersonId

NAME, EMAIL = 200, 254
"""Longest name or title, and longest e-mail address (RFC 5321), in characters."""
ADDRESS = r"^[^\s@]+@[^\s@]+$"


class AddPerson(Command):
    """Take somebody into the organisation."""

    person: PersonId = Field(description="The new person's id, made by the client.")
    name: Line = Field(description="What they are called, as they write it.", max_length=NAME)
    email: Line | None = Field(default=None, description="Where they get mail.", max_length=EMAIL, pattern=ADDRESS)
    title: Line | None = Field(default=None, description="What they are here: their position.", max_length=NAME)
    kind: PersonKind = Field(default="employee", description="Employee, guest, or a program that speaks.")


class RenamePerson(Command):
    """Call somebody by another name."""

    person: PersonId = Field(description="Who.")
    name: Line = Field(description="What they are called from now on.", max_length=NAME)


class ChangeProfile(Command):
    """Say somebody's address and title anew; what is left out is no longer known."""

    person: PersonId = Field(description="Who.")
    email: Line | None = Field(default=None, description="Where they get mail.", max_length=EMAIL, pattern=ADDRESS)
    title: Line | None = Field(default=None, description="What they are here: their position.", max_length=NAME)


class SuspendPerson(Command):
    """Let somebody do nothing until they are reinstated."""

    person: PersonId = Field(description="Who.")


class ReinstatePerson(Command):
    """Let somebody act again who was suspended or had left."""

    person: PersonId = Field(description="Who.")


class RemovePerson(Command):
    """Record that somebody left the organisation: they can do nothing here any more."""

    person: PersonId = Field(description="Who.")


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


class CloseDepartment(Command):
    """Close a department: nobody joins it and nothing is opened below it any more."""

    department: DepartmentId = Field(description="Which one.")


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
