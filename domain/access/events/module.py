"""What happens to modules."""

from typing import Literal

from domain.directory.ids import DepartmentId
from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId

Switch = Literal["on", "pilot", "off"]


class ModuleSwitched(Event, wire="access.module_switched.v1"):
    """A part of the platform is there for everybody, for a pilot group, or for nobody.

    The pilot group are these people, and those who belong to these departments.
    """

    module: str
    switch: Switch
    departments: tuple[DepartmentId, ...] = ()
    people: tuple[PersonId, ...] = ()
    by: PersonId


catalogue(ModuleSwitched)
