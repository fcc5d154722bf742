"""What may be wished about administrators."""

from pydantic import Field

from domain.directory.ids import DepartmentId
from domain.kernel.commands import Command
from domain.kernel.identifiers import PersonId


class AppointAdministrator(Command):
    """Let somebody administer a department with those below it, or the whole organisation."""

    person: PersonId = Field(description="Who.")
    department: DepartmentId | None = Field(
        default=None, description="What they administer; left out, the whole organisation, as a primary administrator."
    )


class DismissAdministrator(Command):
    """Let somebody no longer administer a department, or the whole organisation."""

    person: PersonId = Field(description="Who.")
    department: DepartmentId | None = Field(
        default=None, description="What they no longer administer; left out, the whole organisation."
    )
