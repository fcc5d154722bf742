"""What is imported of people and departments, as claims."""

from collections.abc import Iterator
from typing import assert_never

from application.bulk import Claim
from application.imports.naming import Names, claim
from application.imports.records.organisation import Appointed, Departed, Department, Person, Placed, Removed, Switched
from application.imports.records.record import Micros
from domain.access import imported as access
from domain.access.administration import Administration
from domain.access.module import Module
from domain.directory import imported
from domain.directory.department import Department as DepartmentState
from domain.directory.identity import Identity
from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person as PersonState
from domain.kernel.identifiers import module_id
from domain.kernel.states import NOTHING

OfDirectory = Person | Departed | Department | Placed | Removed | Appointed | Switched


def claims(record: OfDirectory, names: Names) -> Iterator[Claim]:
    """What a record claims about people and departments."""
    match record:
        case Person():
            yield from _person(record, names)
        case Departed():
            yield gone(record.person, record.at, names, record.successor)
        case Department():
            parent = names.department(record.parent) if record.parent else None
            yield claim(
                DepartmentState,
                (names.department(record.key),),
                lambda s: imported.department_opened(s, name=record.name, parent=parent),
                record.at,
                "opened",
            )
        case Placed():
            yield from _placed(record, names)
        case Removed():
            yield from _removed(record, names)
        case Appointed():
            person = names.person(record.person)
            scope = names.department(record.department) if record.department else None
            yield claim(
                Administration,
                (person,),
                lambda s: access.administrator_appointed(s, person=person, department=scope),
                record.at,
                f"appointed to {scope}",
            )
        case Switched():
            yield _switched(record, names)
        case _:
            assert_never(record)


def gone(key: str, at: Micros, names: Names, successor: str | None = None) -> Claim:
    """Somebody no longer belongs to the organisation."""
    heir = names.somebody(successor)
    return claim(PersonState, (names.person(key),), lambda s: imported.person_left(s, successor=heir), at, "left")


def _person(record: Person, names: Names) -> Iterator[Claim]:
    person = names.person(record.key)
    yield claim(
        Identity,
        (names.identity(record.key),),
        lambda s: imported.person_identified(s, person=person),
        record.at,
        "identified",
    )
    yield claim(
        PersonState,
        (person,),
        lambda s: imported.person_joined(
            s, name=record.name, email=record.email, title=record.title, number=record.number, kind=record.kind
        ),
        record.at,
        "joined",
    )


def _placed(record: Placed, names: Names) -> Iterator[Claim]:
    department, person = names.department(record.department), names.person(record.person)
    yield claim(
        DepartmentMembership,
        (department, person),
        lambda s: imported.department_joined(s, department=department, person=person, leads=record.leads),
        record.at,
        f"joined, leads {record.leads}",
    )
    if record.first:
        yield claim(
            PersonState,
            (person,),
            lambda s: imported.primary_department(s, department=department),
            record.at,
            f"first in {department}",
        )


def _removed(record: Removed, names: Names) -> Iterator[Claim]:
    department, person = names.department(record.department), names.person(record.person)
    yield claim(
        DepartmentMembership,
        (department, person),
        lambda s: imported.department_left(s, department=department, person=person),
        record.at,
        "left",
    )
    yield claim(
        PersonState,
        (person,),
        lambda s: imported.primary_department(s, department=None) if s.primary == department else NOTHING,
        record.at,
        f"no longer first in {department}",
    )


def _switched(record: Switched, names: Names) -> Claim:
    by = names.person(record.by)
    departments = tuple(sorted(map(names.department, record.departments)))
    people = tuple(sorted(map(names.person, record.people)))
    return claim(
        Module,
        (module_id(record.module),),
        lambda s: access.module_switched(
            s, module=record.module, switch=record.switch, departments=departments, people=people, by=by
        ),
        record.at,
        f"switched {record.switch}",
        by,
    )
