"""What a history from elsewhere says of administrators, as events of streams that don't hold it yet."""

from domain.access.administration import Administration
from domain.access.events import AdministratorAppointed
from domain.directory.events import DepartmentId
from domain.kernel.identifiers import PersonId
from domain.kernel.states import NOTHING, Events


def administrator_appointed(
    administration: Administration, *, person: PersonId, department: DepartmentId | None = None
) -> Events:
    """Somebody was given a department to administer, or with None the whole organisation."""
    appointed = AdministratorAppointed(person=person, department=department)
    return NOTHING if administration.covers(department) else administration.records(appointed)
