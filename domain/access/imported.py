"""What a history from elsewhere says of administrators and modules, as events of streams that don't hold it yet."""

from domain.access.administration import Administration
from domain.access.events.administration import AdministratorAppointed
from domain.access.events.module import ModuleSwitched, Switch
from domain.access.module import Module
from domain.directory.ids import DepartmentId, PostId
from domain.kernel.identifiers import PersonId
from domain.kernel.states import NOTHING, Events


def administrator_appointed(
    administration: Administration, *, person: PersonId, department: DepartmentId | None = None
) -> Events:
    """Somebody was given a department to administer, or with None the whole organisation."""
    appointed = AdministratorAppointed(person=person, department=department)
    return NOTHING if administration.covers(department) else administration.records(appointed)


def module_switched(
    found: Module,
    *,
    module: str,
    switch: Switch,
    by: PersonId,
    departments: tuple[DepartmentId, ...] = (),
    below: bool = False,
    posts: tuple[PostId, ...] = (),
    people: tuple[PersonId, ...] = (),
) -> Events:
    """A part of the platform was there for everybody, for a pilot group, or for nobody."""
    switched = ModuleSwitched(
        module=module, switch=switch, departments=departments, below=below, posts=posts, people=people, by=by
    )
    same = (found.switch, found.departments, found.below, found.posts, found.people)
    return NOTHING if same == (switch, departments, below, posts, people) else found.records(switched)
