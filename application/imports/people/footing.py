"""What taking an import back would rest on: looked at as a whole, for other things may have changed since."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from application.imports.people.passing import States
from domain.directory.department import LEVELS as DEPARTMENTS
from domain.directory.department import Department
from domain.directory.events.membership import DepartmentJoined
from domain.directory.events.post import PostAssigned
from domain.directory.membership import DepartmentMembership
from domain.directory.person import Person
from domain.directory.post import Holding, Post
from domain.directory.reporting import LEVELS as MANAGERS
from domain.directory.reporting import ReportingLine
from domain.kernel.events import Event
from domain.kernel.states import State

SOME = 500


class NotReverted(Exception):
    """It can't be taken back; the text says why. Nothing was written."""


class Footing:
    """Takes note of what changes, piece by piece, and of what must be there for it."""

    def __init__(self) -> None:
        self._parents: dict[UUID, UUID | None] = {}
        self._managers: dict[UUID, UUID | None] = {}
        self._needed: dict[type[State[Any]], set[UUID]] = {Department: set(), Post: set(), Person: set()}
        self._there: dict[UUID, bool] = {}

    def note(self, now: State[Any], then: State[Any], first: Event) -> None:
        """A thing that becomes from `now` what it was `then`."""
        match now, then:
            case Department(), Department():
                self._there[now.thing] = now.open and then.exists
                if then.exists and now.parent != then.parent:
                    self._parents[now.thing] = then.parent
                    self._need(Department, then.parent)
            case ReportingLine(), ReportingLine():
                if now.manager != then.manager:
                    self._managers[now.thing] = then.manager
                    self._need(Person, then.manager)
                for to in then.dotted - now.dotted:
                    self._need(Person, to)
            case DepartmentMembership(), DepartmentMembership() if isinstance(first, DepartmentJoined):
                if then.active and not now.active:
                    self._need(Department, first.department)
            case Holding(), Holding() if isinstance(first, PostAssigned):
                if then.active and not now.active:
                    self._need(Post, first.post)
            case Post(), Post():
                self._there[now.thing] = now.status == "open" and then.exists
            case Person(), Person():
                self._there[now.thing] = then.status not in ("unknown", "left")
            case _:
                raise NotReverted(f"{now.stream} can't be taken back")

    async def check(self, states: Callable[[], States]) -> None:
        """Raises NotReverted where it would leave a circle, or put something where nothing is put any more."""
        await self._look(states, Department, lambda one: one.open, "was closed since")
        await self._look(states, Post, lambda one: one.status == "open", "was closed since")
        await self._look(states, Person, lambda one: one.status != "left", "has left since")
        await self._ends(states, Department, "parent", self._parents, DEPARTMENTS, "would be below itself, or too deep")
        await self._ends(states, ReportingLine, "manager", self._managers, MANAGERS, "would report to themselves, or to too many")

    def _need(self, kind: type[State[Any]], thing: UUID | None) -> None:
        if thing is not None:
            self._needed[kind].add(thing)

    async def _look(self, states: Callable[[], States], kind: type[Any], there: Callable[[Any], bool], why: str) -> None:
        needed = sorted(self._needed[kind])
        for start in range(0, len(needed), SOME):
            some, found = needed[start : start + SOME], states()
            await found.add((kind, thing) for thing in some if thing not in self._there)
            for thing in some:
                if not (self._there[thing] if thing in self._there else there(found.of(kind, thing))):
                    raise NotReverted(f"{kind.at(thing).stream} {why}")

    async def _ends(
        self, states: Callable[[], States], kind: type[Any], field: str, moved: Mapping[UUID, UUID | None], most: int, why: str
    ) -> None:
        """Whoever goes up from what is moved must come to an end."""
        above = dict(moved)
        while missing := {up for up in above.values() if up is not None} - above.keys():
            found = states()
            await found.add((kind, thing) for thing in missing)
            above |= {thing: getattr(found.of(kind, thing), field) for thing in missing}
        for thing in moved:
            at, steps = above[thing], 0
            while at is not None:
                at, steps = above[at], steps + 1
                if steps > most:
                    raise NotReverted(f"{kind.at(thing).stream} {why}")
