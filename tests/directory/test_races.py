"""The tree and the reporting lines have no circle, whatever is wished in two processes at once."""

import asyncio
from collections.abc import Sequence
from random import Random
from uuid import UUID

import pytest

from application.states import Snapshot
from domain.directory.commands.department import MergeDepartment, MoveDepartment, OpenDepartment
from domain.directory.commands.person import AddPerson
from domain.directory.commands.reporting import ChangeManager
from domain.directory.department import Department
from domain.directory.ids import DepartmentId
from domain.directory.reporting import ReportingLine
from domain.kernel.commands import Command
from domain.kernel.refusals import Refusal
from interfaces.bootstrap.organisation import OpenOrganisation
from tests.support.organisations import fresh_id, order, person

pytestmark = pytest.mark.anyio
Processes = tuple[OpenOrganisation, OpenOrganisation]
DEPARTMENTS = [DepartmentId(fresh_id()) for _ in range(6)]
PEOPLE = [person(name) for name in ("ann", "bo", "chen", "di", "eve", "fang")]
ROUNDS, AT_ONCE = 12, 16


async def all_at_once(processes: Processes, wishes: list[Command]) -> list[Refusal | None]:
    answers = await asyncio.gather(*(order(processes[n % 2], wish) for n, wish in enumerate(wishes)))
    return [answer.refusal for answer in answers]


async def test_departments_are_a_tree(processes: Processes) -> None:
    chance, one = Random(7), processes[0]
    for department in DEPARTMENTS:
        await order(one, OpenDepartment(department=department, name="…"))
    for _ in range(ROUNDS):
        wishes: list[Command] = [
            MoveDepartment(department=below, parent=above)
            for below, above in (chance.sample(DEPARTMENTS, 2) for _ in range(AT_ONCE))
        ]
        await all_at_once(processes, wishes)
        await ends(one, Department, "parent", DEPARTMENTS)
    merges: list[Command] = [MergeDepartment(department=a, into=b) for a in DEPARTMENTS for b in DEPARTMENTS if a != b]
    refusals = await all_at_once(processes, merges)
    assert sum(refusal is None for refusal in refusals) == len(DEPARTMENTS) - 1
    await ends(one, Department, "parent", DEPARTMENTS)


async def test_lines_end(processes: Processes) -> None:
    chance, one = Random(8), processes[0]
    for who in PEOPLE:
        await order(one, AddPerson(person=who, name="…"))
    for _ in range(ROUNDS):
        wishes: list[Command] = [
            ChangeManager(person=below, manager=above) for below, above in (chance.sample(PEOPLE, 2) for _ in range(AT_ONCE))
        ]
        await all_at_once(processes, wishes)
        await ends(one, ReportingLine, "manager", PEOPLE)


async def ends(one: OpenOrganisation, kind: type[Department | ReportingLine], field: str, things: Sequence[UUID]) -> None:
    """Whoever goes up from any of these comes to an end."""
    streams = {thing: kind.at(thing).stream for thing in things}
    snapshot = Snapshot(one.log.reader.streams, one.codec, one.keys)
    await snapshot.load({(kind, stream) for stream in streams.values()})
    for thing in things:
        seen = set()
        at: UUID | None = thing
        while at is not None:
            assert at not in seen, f"{at} is above itself"
            seen.add(at)
            at = getattr(snapshot.states[streams[at]], field)
