"""Modules: which parts of the platform were switched, and which are there for somebody."""

from __future__ import annotations

import domain.everything  # noqa: F401  it registers every context
from domain.access.events.module import ModuleSwitched, Switch
from domain.access.module import modules
from domain.kernel.events import Recorded
from projections.access.people import PRIMARY, STAFF
from projections.directory.person import Person
from projections.engine.feeds import feeds
from projections.engine.fields import To, column, listed, many, one
from projections.engine.model import Model
from projections.engine.once import once, trait

SWITCHES = {"on": "There for everybody.", "pilot": "There for a pilot group.", "off": "There for nobody."}


def is_off(module: str, person: str) -> str:
    """SQL: whether the module of this row isn't there for a person."""
    return (
        f"({module}.switch = 'off' or ({module}.switch = 'pilot' and strpos({module}.people, {person}::text) = 0"
        f" and not exists (select from {{department_membership}} dm where dm.person_id = {person}"
        f" and strpos({module}.departments, dm.department_id::text) > 0)"
        f" and not exists (select from {{post_holding}} ph where ph.person_id = {person}"
        f" and strpos({module}.posts, ph.post_id::text) > 0)"
        f" and not ({module}.below and exists (with recursive up(id) as ("
        f"select h.primary_department_id from {{person}} h where h.id = {person}"
        f" union select d.parent_id from {{department}} d join up on d.id = up.id)"
        f" select from up where strpos({module}.departments, up.id::text) > 0))))"
    )


SWITCHED = trait("switched", "exists (select from {module} s where s.switch <> 'on')")
"""A trait that everybody has once a module was anything but on."""
_OFF = once("off", f"select s.name from {{module}} s where {is_off('s', '{viewer}')}", of=[SWITCHED])
OFF = f"select o.name from {_OFF} o"
"""The modules that are not there for the viewer."""

NAMES = ", ".join(f"('{name}')" for name in sorted(modules()))

AVAILABLE = f"""
    select md5(p.id::text || n.name)::uuid as id, n.name collate "C" as name, p.id as person_id
    from {{person}} p cross join (values {NAMES}) n(name)
    where not exists (select from {{module}} s where s.name = n.name collate "C" and {is_off("s", "p.id")})
"""


class Module(
    Model,
    visible={"belongs to the organisation": STAFF},
    version=2,
    queries=(listed("modules", "The modules that were ever switched; the others are there for everybody.", order="name"),),
):
    """A part of the platform that can be switched on and off."""

    name: str = column("Its name.", order=True, filter=("eq",))
    switch: Switch = column("For whom it is there.", filter=("eq",), choices=SWITCHES)
    departments: str = column("Of a pilot group: the ids of the departments whose people have it, with a space between each.")
    below: bool = column("Of a pilot group: whether those have it too whose first department is below one of these.")
    posts: str = column("Of a pilot group: the ids of the posts whose holders have it, with a space between each.")
    people: str = column("Of a pilot group: the ids of people who have it, with a space between each.")
    switched_by: To[Person] = one("Who switched it last.")


class AvailableModule(
    Model,
    visible={"themselves": "{this}.person_id = {viewer}", "primary administrator": PRIMARY},
    view=AVAILABLE,
):
    """A part of the platform that is there for somebody."""

    name: str = column("Its name.", order=True)
    person: To[Person] = one("For whom.", inverse=many("modules", "What of the platform is there for them.", order="name"))


@feeds()
def switched(row: Module | None, said: Recorded[ModuleSwitched]) -> Module:
    fact = said.event
    return Module(
        id=said.thing,
        name=fact.module,
        switch=fact.switch,
        departments=" ".join(map(str, fact.departments)),
        below=fact.below,
        posts=" ".join(map(str, fact.posts)),
        people=" ".join(map(str, fact.people)),
        switched_by=fact.by,
    )
