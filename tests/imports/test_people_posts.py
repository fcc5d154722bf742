"""Posts from a table: opened, assigned and withdrawn with all the rest, as one act."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.directory.commands.post import ClosePost, OpenPost, RenamePost
from domain.directory.ids import PostId
from tests.imports.people_tables import Bringing, bringing
from tests.support.organisations import fresh_id, order
from tests.support.postgres import Database

pytestmark = pytest.mark.anyio
HEADER = "工号,姓名,部门,岗位"
BUYERS = ("1,沈云帆,青岚,", "2,魏建国,青岚/供应链,采购员; /安全委员", "3,Ben Oduya,青岚/供应链,采购员;青岚/质量/Auditor")
HELD = {
    ("魏建国", "供应链", "采购员"),
    ("魏建国", None, "安全委员"),
    ("Ben Oduya", "供应链", "采购员"),
    ("Ben Oduya", "质量", "Auditor"),
}
HOLDERS = (
    "SELECT p.name, d.name, o.name FROM {post_holding} h JOIN {person} p ON p.id = h.person_id"
    " JOIN {post} o ON o.id = h.post_id LEFT JOIN {department} d ON d.id = o.department_id"
)
OPEN = "SELECT d.name, o.name FROM {post} o LEFT JOIN {department} d ON d.id = o.department_id WHERE NOT o.closed ORDER BY o.name"


@pytest.fixture
async def bring(database: Database, tmp_path: Path) -> AsyncIterator[Bringing]:
    async with bringing(database, tmp_path) as found:
        yield found


async def test_posts_are_opened_and_assigned(bring: Bringing) -> None:
    shown = await bring.compare(*BUYERS, header=HEADER)
    assert shown.counts == {"joins": 3, "opens": 3}
    assert shown.posts == {"assigned": 4, "withdrawn": 0}
    assert {(each.name, each.row, each.what) for each in shown.said if each.turn == "opens"} == {
        ("供应链/采购员", 3, ("post",)),
        ("安全委员", 3, ("post",)),
        ("质量/Auditor", 4, ("post",)),
    }
    [ben] = [each for each in shown.said if each.name == "Ben Oduya"]
    assert {"assigned 供应链/采购员", "assigned 质量/Auditor"} <= {*ben.what}
    assert await bring.query(HOLDERS) == []
    done = await bring.apply(*BUYERS, header=HEADER)
    assert (done.counts, done.posts) == (shown.counts, shown.posts)
    assert {*await bring.query(HOLDERS)} == HELD
    assert (await bring.apply(*BUYERS, header=HEADER)).events == 0


async def test_posts_that_are_not_in_the_cell_are_withdrawn_and_stay_open(bring: Bringing) -> None:
    await bring.apply(*BUYERS, header=HEADER)
    done = await bring.apply(BUYERS[0], "2,魏建国,青岚/供应链,Lead buyer", "3,Ben Oduya,青岚/供应链,采购员", header=HEADER)
    assert (done.counts, done.posts) == ({"changes": 2, "opens": 1}, {"assigned": 1, "withdrawn": 3})
    assert {each.what for each in done.said if each.name == "Ben Oduya"} == {("withdrawn 质量/Auditor",)}
    assert {*await bring.query(HOLDERS)} == {("魏建国", "供应链", "Lead buyer"), ("Ben Oduya", "供应链", "采购员")}
    assert len(await bring.query(OPEN)) == 4


async def test_a_table_without_the_column_says_nothing_of_posts(bring: Bringing) -> None:
    await bring.apply(*BUYERS, header=HEADER)
    without = tuple(row.rpartition(",")[0] for row in BUYERS)
    assert (await bring.apply(*without, header="工号,姓名,部门")).events == 0
    assert {*await bring.query(HOLDERS)} == HELD


async def test_who_moves_holds_the_post_of_their_new_department(bring: Bringing) -> None:
    await bring.apply(*BUYERS, header=HEADER)
    await bring.apply(*BUYERS[:2], "3,Ben Oduya,青岚/销售,采购员", header=HEADER)
    assert {*await bring.query(HOLDERS)} == {row for row in HELD if row[0] != "Ben Oduya"} | {("Ben Oduya", "销售", "采购员")}


async def test_departments_by_code(bring: Bringing) -> None:
    header = "Employee number,Name,Department code,Department,Posts"
    rows = "1,Ann,S,Sales,Seller", "2,Bo,W,Works,S/Seller | Welder | /Marshal"
    await bring.apply(*rows, header=header)
    held = {("Ann", "Sales", "Seller"), ("Bo", "Sales", "Seller"), ("Bo", "Works", "Welder"), ("Bo", None, "Marshal")}
    assert {*await bring.query(HOLDERS)} == held
    assert (await bring.apply(*rows, header=header)).events == 0
    faults = await bring.faults("1,Ann,S,Sales,X/Seller", "2,Bo,W,Works,S/W/Seller", header=header)
    assert faults == [(2, "Posts", "X is no department of this table"), (3, "Posts", "S/W is no department of this table")]


async def test_posts_that_are_here_already_are_met_by_name(bring: Bringing) -> None:
    await bring.apply(*BUYERS, header=HEADER)
    marshal = PostId(fresh_id())
    await order(bring.organisation, OpenPost(post=marshal, name="Marshal"))
    done = await bring.apply(*BUYERS[1:], "1,沈云帆,青岚,/Marshal", header=HEADER)
    assert (done.counts, done.posts["assigned"]) == ({"changes": 1}, 1)
    [(buyer,)] = await bring.query("SELECT id FROM {post} WHERE name = '采购员'")
    await order(bring.organisation, ClosePost(post=marshal))
    await order(bring.organisation, RenamePost(post=buyer, name="Strategic buyer"))
    again = await bring.apply(*BUYERS[1:], "1,沈云帆,青岚,/Marshal", header=HEADER)
    assert (again.counts["opens"], again.posts) == (2, {"assigned": 3, "withdrawn": 3})
    assert (await bring.apply(*BUYERS[1:], "1,沈云帆,青岚,/Marshal", header=HEADER)).events == 0


async def test_what_is_wrong_with_posts_is_told_by_row_and_column(bring: Bringing) -> None:
    for _ in range(2):
        await order(bring.organisation, OpenPost(post=PostId(fresh_id()), name="Twin"))
    faults = await bring.faults("1,Ann,青岚,/Twin", f"2,Bo,青岚,{'x' * 201}", "3,Di,青岚,/", header=HEADER)
    assert faults == [
        (3, "岗位", "a post's name has 201 characters, and may have 200"),
        (4, "岗位", "a post has no name"),
        (2, "岗位", "several posts there are called Twin"),
    ]


async def test_an_import_with_posts_is_taken_back(bring: Bringing) -> None:
    await bring.apply(*BUYERS, header=HEADER)
    done = await bring.apply(BUYERS[0], "2,魏建国,青岚/供应链,Lead buyer", "3,Ben Oduya,青岚/供应链,采购员", header=HEADER)
    await bring.revert(done)
    assert {*await bring.query(HOLDERS)} == HELD
    assert [name for _, name in await bring.query(OPEN)] == ["Auditor", "安全委员", "采购员"]


async def test_a_post_that_changes_meanwhile_is_compared_anew(bring: Bringing) -> None:
    await bring.apply(*BUYERS, header=HEADER)
    [(buyer,)] = await bring.query("SELECT id FROM {post} WHERE name = '采购员'")
    here = bring.importing.present.here
    asked: list[int] = []

    class Meanwhile:
        memberships = staticmethod(bring.importing.present.memberships)
        holdings = staticmethod(bring.importing.present.holdings)

        async def here(self) -> object:
            found = await here()
            asked.append(found.position)
            if len(asked) == 1:
                await order(bring.organisation, ClosePost(post=buyer))
                await bring.level()
            return found

    new = bring._replace(importing=bring.importing._replace(present=Meanwhile()))  # type: ignore[arg-type]  # the port, interrupted
    done = await new.apply(*BUYERS, "4,Di,青岚/供应链,采购员", header=HEADER)
    assert len(asked) == 2
    assert done.counts["opens"] == 1
    assert ("Di", "供应链", "采购员") in await bring.query(HOLDERS)
