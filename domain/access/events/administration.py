"""What is recorded about administrators."""

from domain.directory.ids import DepartmentId
from domain.kernel.events import Event, catalogue
from domain.kernel.identifiers import PersonId


class AdministratorAppointed(Event, wire="access.administrator_appointed.v1"):
    """Somebody administers a department and those below it; without one, the whole organisation."""

    person: PersonId
    department: DepartmentId | None = None


class AdministratorDismissed(Event, wire="access.administrator_dismissed.v1"):
    """Somebody no longer administers a department; without one, the whole organisation."""

    person: PersonId
    department: DepartmentId | None = None


AdministrationEvent = AdministratorAppointed | AdministratorDismissed

catalogue(AdministratorAppointed, AdministratorDismissed)
