"""Modules: parts of the platform that are there for everybody, for a pilot group, or for nobody."""

from typing import Annotated

from msgspec.structs import replace

from domain.access.administration import administrator
from domain.access.commands.module import SwitchModule
from domain.access.events.module import ModuleSwitched, Switch
from domain.access.holding import granted
from domain.directory.department import Department
from domain.directory.ids import DepartmentId, PostId
from domain.directory.person import Person, UnknownPeople, unknown
from domain.directory.post import Post
from domain.kernel.decisions import DECIDERS, context_of, decides
from domain.kernel.identifiers import ModuleId, PersonId
from domain.kernel.loads import by
from domain.kernel.refusals import Refusal
from domain.kernel.states import NOTHING, Events, Maybe, State

ALWAYS = frozenset({"directory", "access", "compliance", "notifications"})
"""What can't be switched: without these nobody could switch anything, nor be told."""


class Module(State[ModuleSwitched], kind="access.module", key=(ModuleId,)):
    """For whom a module is there; for everybody where nothing was ever said."""

    name: str = ""
    switch: Switch = "on"
    departments: tuple[DepartmentId, ...] = ()
    below: bool = False
    posts: tuple[PostId, ...] = ()
    people: tuple[PersonId, ...] = ()

    def evolve(self, event: ModuleSwitched) -> "Module":
        return replace(
            self,
            name=event.module,
            switch=event.switch,
            departments=event.departments,
            below=event.below,
            posts=event.posts,
            people=event.people,
        )


class ModuleOff(Refusal, frozen=True):
    """This part of the platform is not there for you now."""

    module: Annotated[str, "Its name."]


class UnknownModule(Refusal, frozen=True):
    """There is no such part of the platform, or it can't be switched."""

    module: Annotated[str, "What was named."]


def modules() -> frozenset[str]:
    """The names of all modules that can be switched: one for each context."""
    return frozenset(context_of(command) for command in DECIDERS) - ALWAYS


@decides(allowed=administrator() | granted("access.module.switch"))
def switch(
    command: SwitchModule,
    actor: PersonId,
    found: Maybe[Module] = by("switched"),
    departments: tuple[Department, ...] = by("departments"),
    posts: tuple[Post, ...] = by("posts"),
    people: tuple[Maybe[Person], ...] = by("people"),
) -> Events | UnknownModule | UnknownPeople:
    if command.module not in modules():
        return UnknownModule(module=command.module)
    said = (command.switch, command.departments, command.below, command.posts, command.people)
    if (found.switch, found.departments, found.below, found.posts, found.people) == said:
        return NOTHING
    return unknown(people) or found.records(
        ModuleSwitched(
            module=command.module,
            switch=command.switch,
            departments=command.departments,
            below=command.below,
            posts=command.posts,
            people=command.people,
            by=actor,
        )
    )
