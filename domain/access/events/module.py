"""What happens to modules."""

from typing import Literal

from domain.directory.ids import DepartmentId, PostId
from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId
from domain.kernel.upcasts import Fields, upcast

Switch = Literal["on", "pilot", "off"]


class ModuleSwitched(Event, wire="access.module_switched.v2"):
    """A part of the platform is there for everybody, for a pilot group, or for nobody.

    The pilot group are these people, those who belong to these departments, and those who hold these posts; where it says
    `below`, those too whose first department is below one of these.
    """

    module: str
    switch: Switch
    departments: tuple[DepartmentId, ...] = ()
    below: bool = False
    posts: tuple[PostId, ...] = ()
    people: tuple[PersonId, ...] = ()
    by: PersonId


catalogue(ModuleSwitched)


@upcast("access.module_switched.v1", "access.module_switched.v2")
def without_those_below(old: Fields) -> Fields:
    """A pilot group was of departments and people only."""
    return {**old, "below": False, "posts": []}
