"""What may be wished about modules."""

from typing import Annotated

from pydantic import AfterValidator, Field

from domain.access.events.module import Switch
from domain.directory.ids import DepartmentId, PostId
from domain.kernel.commands import Command, Line
from domain.kernel.identifiers import ModuleId, PersonId, module_id

DEPARTMENTS, POSTS, PEOPLE = 30, 30, 200
"""Most departments, posts and people of a pilot group: they are looked at whenever one of the group does something."""


def _departments_once(found: tuple[DepartmentId, ...]) -> tuple[DepartmentId, ...]:
    return tuple(sorted(set(found)))


def _posts_once(found: tuple[PostId, ...]) -> tuple[PostId, ...]:
    return tuple(sorted(set(found)))


def _people_once(found: tuple[PersonId, ...]) -> tuple[PersonId, ...]:
    return tuple(sorted(set(found)))


class SwitchModule(Command):
    """Have a part of the platform for everybody, for a pilot group, or for nobody."""

    module: Line = Field(description="Its name, as in `viewer { modules { nodes { name } } }`.", max_length=80)
    switch: Switch = Field(description="For whom it is there.")
    departments: Annotated[tuple[DepartmentId, ...], AfterValidator(_departments_once)] = Field(
        default=(), description="Of a pilot group: those who belong to these departments.", max_length=DEPARTMENTS
    )
    below: bool = Field(
        default=False, description="Of a pilot group: also those whose first department is below one of these departments."
    )
    posts: Annotated[tuple[PostId, ...], AfterValidator(_posts_once)] = Field(
        default=(), description="Of a pilot group: those who hold these posts.", max_length=POSTS
    )
    people: Annotated[tuple[PersonId, ...], AfterValidator(_people_once)] = Field(
        default=(), description="Of a pilot group: these people.", max_length=PEOPLE
    )

    @property
    def switched(self) -> ModuleId:
        """The module's id, which follows from its name."""
        return module_id(self.module)
