"""The organisation from a table: what changes, that it is one act, that the same again changes nothing, and the way back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from application.imports.errors import ImportRefused
from application.imports.people.act import Options
from application.imports.people.footing import NotReverted
from application.imports.people.writing import NotAllowed
from domain.directory.commands.person import OffboardPerson, RenamePerson
from domain.directory.commands.reporting import ChangeManager
from infra.imports.people.opening import open_table
from tests.imports.people_tables import ALL, COMPANY, ROOT, Bringing, bringing, written
from tests.support.organisations import order, person
from tests.support.postgres import Database

pytestmark = pytest.mark.anyio
COMPANY_CHART = {
    ("Root", "active", None, None, None),
    ("沈云帆", "active", "总经理", None, None),
    ("魏建国", "active", "经理", "青岚/供应链", "沈云帆"),
    ("Ben Oduya", "active", "Buyer", "青岚/供应链", "魏建国"),
    ("梅晓燕", "active", "采购员", "青岚/供应链", "魏建国"),
    ("Karl Müller", "active", "Engineer", "青岚/Service", "沈云帆"),
}


@pytest.fixture
async def bring(database: Database, tmp_path: Path) -> AsyncIterator[Bringing]:
    async with bringing(database, tmp_path) as found:
        yield found


async def test_a_company_comes_in_as_one_act(bring: Bringing) -> None:
    shown = await bring.compare(*COMPANY)
    head = await bring.organisation.log.reader.head()
    assert shown.counts == {"joins": 5}
    assert (shown.departments, shown.act) == (3, None)
    assert await bring.organisation.log.reader.head() == head, "a dry run writes nothing"
    done = await bring.apply(*COMPANY)
    assert (done.counts, done.departments) == (shown.counts, shown.departments)
    assert await bring.chart() == COMPANY_CHART
    written_ = list(await bring.organisation.log.reader.read(head, 1_000))
    assert {row.command_id for row in written_} == {done.act}
    assert {row.actor for row in written_} == {ROOT}
    assert all(b"primary administrator" in (row.context or b"") for row in written_)
    assert written_[-1].type == "directory.organisation_imported.v2"


async def test_the_same_again_changes_nothing(bring: Bringing) -> None:
    await bring.apply(*COMPANY)
    head = await bring.organisation.log.reader.head()
    again = await bring.apply(*COMPANY)
    assert (again.events, again.act) == (0, None)
    assert await bring.organisation.log.reader.head() == head


async def test_movers_leavers_and_those_who_come_back(bring: Bringing) -> None:
    await bring.apply(*COMPANY)
    later = (
        "1,沈云帆,shen@q.cn,青岚,,总经理",
        "2,魏建国,wei@q.cn,青岚/供应链/采购,5,总监",
        "4,梅晓燕 Mei,mei@q.cn,青岚/供应链,2,采购员",
        "5,Karl Müller,karl@q.cn,青岚/Service,1,Engineer",
    )
    done = await bring.apply(*later)
    assert done.counts == {"moves": 1, "changes": 1, "leaves": 1}
    assert await bring.chart() == {
        ("Root", "active", None, None, None),
        ("沈云帆", "active", "总经理", None, None),
        ("魏建国", "active", "总监", "供应链/采购", "Karl Müller"),
        ("Ben Oduya", "left", "Buyer", "青岚/供应链", "魏建国"),
        ("梅晓燕 Mei", "active", "采购员", "青岚/供应链", "魏建国"),
        ("Karl Müller", "active", "Engineer", "青岚/Service", "沈云帆"),
    }
    back = await bring.apply(*later, "3,Ben Oduya,ben@q.cn,青岚/供应链,2,Buyer")
    assert back.counts == {"joins": 1}
    assert ("Ben Oduya", "active", "Buyer", "青岚/供应链", "魏建国") in await bring.chart()


async def test_who_is_absent_may_be_kept(bring: Bringing) -> None:
    await bring.apply(*COMPANY)
    done = await bring.apply("6,Di,di@q.cn,青岚,Ben Oduya,Cook".replace("Ben Oduya", "3"), options=Options({}, leavers=False))
    assert done.counts == {"joins": 1}
    assert ("Ben Oduya", "active", "Buyer", "青岚/供应链", "魏建国") in await bring.chart()


async def test_nobody_reports_to_those_who_leave_or_have_left(bring: Bringing) -> None:
    await bring.apply(*COMPANY)
    without_wei = (*COMPANY[:1], "3,Ben Oduya,ben@q.cn,青岚/供应链,2,Buyer", *COMPANY[4:])
    assert await bring.faults(*without_wei) == [(3, "上级", "2 isn't in this table, and so leaves")]
    assert await bring.faults(*without_wei, options=Options({}, leavers=False)) == []
    await bring.apply(*COMPANY[:1], *COMPANY[4:])
    later = (*COMPANY[:1], *COMPANY[4:], "6,Di,di@q.cn,青岚,魏建国,Cook", "7,Eve,eve@q.cn,青岚,wei@q.cn,Cook")
    nobody, gone = (4, "上级", "nobody is known as 魏建国"), (5, "上级", "wei@q.cn has left")
    assert await bring.faults(*later) == [nobody, gone]


async def test_people_are_met_by_number_and_then_by_address(bring: Bringing) -> None:
    await bring.apply("Ann,ann@q.cn", header="Name,E-mail")
    await bring.apply("7,Ann,ann@q.cn", header="Employee number,Name,E-mail")
    await bring.apply("7,Ann Lee,ann.lee@q.cn", header="Employee number,Name,E-mail")
    assert await bring.query("SELECT name, number, email FROM {person} WHERE name <> 'Root'") == [
        ("Ann Lee", "7", "ann.lee@q.cn")
    ]


async def test_departments_by_code_move_and_are_renamed(bring: Bringing) -> None:
    header = "Employee number,Name,Department code,Department,Parent code"
    await bring.apply("1,Ann,A,All,", "2,Bo,S,Sales,A", header=header)
    await bring.apply("1,Ann,A,Everybody,", "2,Bo,S,Sales,E", ",,E,East,A", header=header)
    found = await bring.query("SELECT d.name, u.name FROM {department} d LEFT JOIN {department} u ON u.id = d.parent_id")
    assert set(found) == {("Everybody", None), ("East", "Everybody"), ("Sales", "East")}


async def test_further_departments_and_dotted_lines_are_those_of_the_table(bring: Bringing) -> None:
    header, sql = "Employee number,Name,Department,Further departments,Dotted line", "SELECT count(*) FROM {dotted_line}"
    places = "SELECT d.name FROM {department_membership} m JOIN {department} d ON d.id = m.department_id ORDER BY 1"
    await bring.apply("1,Ann,All,All/A; All/B,2;3", "2,Bo,,,", "3,Di,,,", header=header)
    assert (await bring.query(places), await bring.query(sql)) == ([("A",), ("All",), ("B",)], [(2,)])
    await bring.apply("1,Ann,All,All/B,3", "2,Bo,,,", "3,Di,,,", header=header)
    assert (await bring.query(places), await bring.query(sql)) == ([("All",), ("B",)], [(1,)])


async def test_what_a_table_does_not_say_stays(bring: Bringing) -> None:
    await bring.apply(*COMPANY)
    names = tuple(",".join(row.split(",")[:2]) for row in COMPANY)
    assert (await bring.apply(*names, header="工号,姓名")).events == 0


async def test_an_import_is_taken_back_as_one_act(bring: Bringing) -> None:
    await bring.apply(*COMPANY)
    before = await bring.chart()
    later = ("1,沈云帆,shen@q.cn,青岚,,董事长", "4,梅晓燕 Mei,mei@q.cn,青岚/新部门,1,采购员", "6,Di,di@q.cn,青岚,1,Cook")
    done = await bring.apply(*later)
    head = await bring.organisation.log.reader.head()
    assert await bring.chart() != before
    assert await bring.revert(done) > 5
    assert await bring.chart() == before | {("Di", "left", "Cook", None, None)}
    rows = await bring.organisation.log.reader.read(head, 1_000)
    assert len({row.command_id for row in rows}) == 1
    assert rows[-1].type == "directory.organisation_import_reverted.v1"
    assert "directory.offboarding_undone.v1" in {row.type for row in rows}
    with pytest.raises(NotReverted, match="already"):
        await bring.revert(done)


async def test_what_changed_since_is_not_taken_back(bring: Bringing) -> None:
    done = await bring.apply(*COMPANY)
    [(wei,)] = await bring.query("SELECT id FROM {person} WHERE name = '魏建国'")
    await order(bring.organisation, RenamePerson(person=wei, name="Wei"))
    head = await bring.organisation.log.reader.head()
    with pytest.raises(NotReverted, match="has changed since"):
        await bring.revert(done)
    assert await bring.organisation.log.reader.head() == head


async def test_only_a_primary_administrator_who_is_here(bring: Bringing) -> None:
    await bring.level()
    table = open_table(written(bring.folder, *COMPANY))
    for who in (person("somebody"), ROOT):
        if who == ROOT:
            await order(bring.organisation, OffboardPerson(person=ROOT))
            await bring.level()
        with pytest.raises(NotAllowed):
            await bring.importing.apply(table, ALL, who, lambda *_: None)


async def test_what_changes_meanwhile_is_compared_anew(bring: Bringing) -> None:
    await bring.apply(*COMPANY)
    [(ben,)] = await bring.query("SELECT id FROM {person} WHERE name = 'Ben Oduya'")
    table = open_table(written(bring.folder, *COMPANY, "6,Di,di@q.cn,青岚,3,Cook"))
    interfered: list[bool] = []

    async def interfere() -> None:
        await order(bring.organisation, ChangeManager(person=ben, manager=None))
        await bring.level()

    here = bring.importing.present.here

    class Meanwhile:
        memberships = staticmethod(bring.importing.present.memberships)
        holdings = staticmethod(bring.importing.present.holdings)

        async def here(self) -> object:
            found = await here()
            if not interfered:
                interfered.append(True)
                await interfere()
            return found

    importing = bring.importing._replace(present=Meanwhile())  # type: ignore[arg-type]  # as the port, with somebody in between
    done = await importing.apply(table, ALL, ROOT, lambda *_: None)
    assert done.counts == {"joins": 1, "moves": 1}
    assert ("Ben Oduya", "active", "Buyer", "青岚/供应链", "魏建国") in await bring.chart()


FAULTS = [
    (("1,,a@q.cn,,,",), (2, "姓名", "there is no name")),
    ((",Ann,,,,",), (2, "工号", "there is neither an employee number nor an e-mail address")),
    (("1,Ann,a@q.cn,,,", "1,Bo,b@q.cn,,,"), (3, "工号", "1 stands in row 2 already")),
    (("1,Ann,a@q.cn,,,", "2,Bo,A@q.cn,,,"), (3, "邮箱", "a@q.cn stands in row 2 already")),
    (("1,Ann,nowhere,,,",), (2, "邮箱", "nowhere is none")),
    (("1,Ann,a@q.cn,,9,",), (2, "上级", "nobody is known as 9")),
    (("1,Ann,a@q.cn,,Bo,", "2,Bo,b@q.cn,,,", "3,Bo,c@q.cn,,,"), (2, "上级", "several people are called Bo")),
    (("1,Ann,a@q.cn,,1,",), (2, "上级", "Ann would report to themselves")),
    (("1,Ann,a@q.cn,,2,", "2,Bo,b@q.cn,,1,"), (2, "上级", "Ann would report to themselves, through row 4")),
    (("1,Ann,a@q.cn,,2,", "2,Bo,b@q.cn,,2,"), (3, "上级", "Bo would report to themselves")),
    ((f"1,Ann,a@q.cn,,,{'x' * 201}",), (2, "职位", "it has 201 characters, and may have 200")),
    ((f"1,Ann,a@q.cn,{'x' * 201},,",), (2, "部门", "a department's name has 201 characters, and may have 200")),
    (("1,Ann,a@q.cn," + "/".join("abcdefghijklmnopqrstuvwxyz0123456") + ",,",), (2, "部门", "there are more than 32")),
]


@pytest.mark.parametrize(
    ("rows", "fault"), FAULTS, ids=lambda each: each[2] if isinstance(each[-1], str) and len(each) == 3 else ""
)
async def test_what_is_wrong_is_told_by_row_and_column_and_nothing_is_taken(
    bring: Bringing, rows: tuple[str, ...], fault: tuple[int, str, str]
) -> None:
    found = await bring.faults("99,Zoe,zoe@q.cn,,,", *rows)
    row, column, problem = fault
    assert found
    assert (found[0][0], found[0][1]) == (row + 1, column)
    assert found[0][2].replace("in row 3", "in row 2").startswith(problem)
    with pytest.raises(ImportRefused):
        await bring.apply("99,Zoe,zoe@q.cn,,,", *rows)
    assert await bring.query("SELECT name FROM {person}") == [("Root",)]


async def test_what_is_wrong_with_a_row_is_not_told_again_of_those_who_name_it(bring: Bringing) -> None:
    rows = ("1,,nowhere,,,", "2,Bo,b@q.cn,,1,", "3,Di,c@q.cn,,1,", "4,Eve,d@q.cn,,9,")
    assert await bring.faults(*rows) == [
        (2, "邮箱", "nowhere is none"),
        (2, "姓名", "there is no name"),
        (5, "上级", "nobody is known as 9"),
    ]


async def test_codes_that_do_not_hold_together(bring: Bringing) -> None:
    header = "Employee number,Name,Department code,Department,Parent code"
    faults = await bring.faults("1,Ann,A,Sales,B", "2,Bo,B,East,A", "3,Di,C,West,X", "4,Eve,C,Other,", header=header)
    parent = "Parent code"
    assert {(row, column) for row, column, _ in faults} == {(5, "Department"), (2, parent), (3, parent), (4, parent)}


NO_NAMES = "there must be a column of names"


@pytest.mark.parametrize(
    ("header", "reason"), [("Name,City", NO_NAMES), ("Name,工号,Name", "two columns say the same"), ("x,y", NO_NAMES)]
)
async def test_a_table_without_the_columns_that_are_needed(bring: Bringing, header: str, reason: str) -> None:
    with pytest.raises(ImportRefused, match=reason):
        await bring.compare("1,2,3", header=header)


async def test_columns_are_named_where_they_are_not_understood(bring: Bringing) -> None:
    options = Options({"number": "Post Unique Reference", "manager": "Reports to Senior Post"})
    done = await bring.compare("B1,Ann,", "B2,Bo,B1", header="Post Unique Reference,Name,Reports to Senior Post", options=options)
    assert done.counts == {"joins": 2}
