"""Taking an import back where what it changed has come to rest on something else since."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from application.imports.people.act import Difference
from application.imports.people.footing import NotReverted
from domain.directory.commands.department import CloseDepartment, MoveDepartment
from domain.directory.commands.person import OffboardPerson
from domain.directory.commands.post import ClosePost
from domain.directory.commands.reporting import ChangeManager
from domain.kernel.commands import Command
from tests.imports.people_tables import Bringing, bringing
from tests.support.organisations import order
from tests.support.postgres import Database

pytestmark = pytest.mark.anyio
CODED = "工号,姓名,部门编码,部门,上级部门编码"
LINES = "工号,姓名,上级"
PLACES = "工号,姓名,部门,岗位"


@pytest.fixture
async def bring(database: Database, tmp_path: Path) -> AsyncIterator[Bringing]:
    async with bringing(database, tmp_path) as found:
        yield found


async def named(bring: Bringing, model: str, name: str) -> Any:
    [(found,)] = await bring.query(f"SELECT id FROM {{{model}}} WHERE name = '{name}'")
    return found


async def refused(bring: Bringing, done: Difference, why: str, *since: Command) -> None:
    for each in since:
        assert (await order(bring.organisation, each)).refusal is None
    head = await bring.organisation.log.reader.head()
    with pytest.raises(NotReverted, match=why):
        await bring.revert(done)
    assert await bring.organisation.log.reader.head() == head


async def test_departments_that_would_be_below_themselves(bring: Bringing) -> None:
    await bring.apply("1,Ann,A,East,", "2,Bo,B,West,A", header=CODED)
    done = await bring.apply("1,Ann,A,East,", "2,Bo,B,West,", header=CODED)
    east, west = await named(bring, "department", "East"), await named(bring, "department", "West")
    await refused(bring, done, "below itself", MoveDepartment(department=east, parent=west))


async def test_people_who_would_report_to_themselves(bring: Bringing) -> None:
    await bring.apply("1,Ann,", "2,Bo,1", "3,Di,2", header=LINES)
    done = await bring.apply("1,Ann,", "2,Bo,", "3,Di,2", header=LINES)
    ann, di = await named(bring, "person", "Ann"), await named(bring, "person", "Di")
    await refused(bring, done, "report to themselves", ChangeManager(person=ann, manager=di))


async def test_a_department_that_was_closed_since_takes_nobody_back(bring: Bringing) -> None:
    await bring.apply("1,Ann,East,", "2,Bo,West,", header=PLACES)
    done = await bring.apply("1,Ann,West,", "2,Bo,West,", header=PLACES)
    east = await named(bring, "department", "East")
    await refused(bring, done, "was closed since", CloseDepartment(department=east))


async def test_a_department_is_not_put_back_below_one_that_was_closed_since(bring: Bringing) -> None:
    await bring.apply("1,Ann,A,East,", "2,Bo,B,West,A", header=CODED)
    done = await bring.apply("1,Ann,A,East,", "2,Bo,B,West,", header=CODED)
    east = await named(bring, "department", "East")
    await refused(bring, done, "was closed since", CloseDepartment(department=east))


async def test_a_post_that_was_closed_since_is_not_given_back(bring: Bringing) -> None:
    await bring.apply("1,Ann,,Buyer", header=PLACES)
    done = await bring.apply("1,Ann,,", header=PLACES)
    await refused(bring, done, "was closed since", ClosePost(post=await named(bring, "post", "Buyer")))


async def test_who_left_since_is_nobody_s_manager_again(bring: Bringing) -> None:
    await bring.apply("1,Ann,", "2,Bo,1", header=LINES)
    done = await bring.apply("1,Ann,", "2,Bo,", header=LINES)
    await refused(bring, done, "has left since", OffboardPerson(person=await named(bring, "person", "Ann")))


async def test_what_else_happened_since_is_no_hindrance(bring: Bringing) -> None:
    await bring.apply("1,Ann,A,East,", "2,Bo,B,West,A", "3,Di,C,South,", header=CODED)
    done = await bring.apply("1,Ann,A,East,", "2,Bo,B,West,C", "3,Di,C,South,", header=CODED)
    south, east = await named(bring, "department", "South"), await named(bring, "department", "East")
    await order(bring.organisation, MoveDepartment(department=south, parent=east))
    await bring.revert(done)
    found = await bring.query("SELECT d.name, u.name FROM {department} d LEFT JOIN {department} u ON u.id = d.parent_id")
    assert {*found} == {("East", None), ("West", "East"), ("South", "East")}
