"""The tree and the reporting lines have no circle, whatever is wished in two processes at once."""

import asyncio
from collections import Counter
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
PEOPLE = [person(name) for name in ("ann", "bo", "chen", "di", "eve", "fang")]
ROUNDS, AT_ONCE = 12, 16


async def all_at_once(processes: Processes, wishes: list[Command]) -> list[Refusal | None]:
    answers = await asyncio.gather(*(order(processes[n % 2], wish) for n, wish in enumerate(wishes)))
    return [answer.refusal for answer in answers]


def wish(chance: Random, places: list[DepartmentId]) -> Command:
    """Something that changes the tree: mostly a move, now and then a merge, or a new department below an old one."""
    below, above = chance.sample(places, 2)
    match chance.randrange(8):
        case 0:
            return MergeDepartment(department=below, into=above)
        case 1:
            places.append(DepartmentId(fresh_id()))
            return OpenDepartment(department=places[-1], name="…", parent=above)
        case _:
            return MoveDepartment(department=below, parent=above)


@pytest.mark.parametrize("seed", [7, 70, 700])
async def test_departments_that_are_moved_and_merged_against_each_other_are_a_tree(processes: Processes, seed: int) -> None:
    chance, one = Random(seed), processes[0]
    places = [DepartmentId(fresh_id()) for _ in range(6)]
    for department in places:
        await order(one, OpenDepartment(department=department, name="…"))
    done: Counter[tuple[str, bool]] = Counter()
    for _ in range(ROUNDS):
        wishes = [wish(chance, places) for _ in range(AT_ONCE)]
        refusals = await all_at_once(processes, wishes)
        done.update((type(each).__name__, refusal is None) for each, refusal in zip(wishes, refusals, strict=True))
        await ends(one, Department, "parent", places)
    for kind in MoveDepartment, MergeDepartment:
        assert min(done[kind.__name__, True], done[kind.__name__, False]) > 0, done


async def test_of_all_merges_at_once_one_department_is_left(processes: Processes) -> None:
    places = [DepartmentId(fresh_id()) for _ in range(6)]
    for department in places:
        await order(processes[0], OpenDepartment(department=department, name="…"))
    merges: list[Command] = [MergeDepartment(department=a, into=b) for a in places for b in places if a != b]
    refusals = await all_at_once(processes, merges)
    assert sum(refusal is None for refusal in refusals) == len(places) - 1
    await ends(processes[0], Department, "parent", places)


@pytest.mark.parametrize("seed", [8, 80])
async def test_lines_end(processes: Processes, seed: int) -> None:
    chance, one = Random(seed), processes[0]
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
