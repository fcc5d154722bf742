"""Real organisations: reporting lines of public bodies, dirty as they were published, and a project of some thousand people."""

import csv
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from application.imports.people.act import Options
from application.imports.people.faults import Faulty
from infra.imports.people.opening import open_table
from tests.imports.people_tables import ALL, ROOT, Bringing, bringing, rows_of
from tests.support.postgres import Database
from tests.support.shared_data import shared_data

pytestmark = pytest.mark.anyio
POSTS = Options({"number": "Post Unique Reference", "manager": "Reports to Senior Post", "department": "Unit"})


@pytest.fixture
async def bring(database: Database, tmp_path: Path) -> AsyncIterator[Bringing]:
    async with bringing(database, tmp_path) as found:
        yield found


def untold(_: str, __: int, ___: int) -> None:
    """Nobody is told."""


async def faults(bring: Bringing, path: Path) -> list[tuple[int, str, str]]:
    with pytest.raises(Faulty) as found:
        await bring.importing.compare(open_table(path), POSTS, untold)
    return [(fault.row, fault.column, fault.problem) for fault in found.value.faults.listed]


async def test_public_bodies(bring: Bringing) -> None:
    folder = shared_data("org-uk-organograms")
    await bring.level()
    head = await bring.organisation.log.reader.head()
    small = await faults(bring, folder / "committee_on_climate_change-2011-09-30-senior.csv")
    assert small == [(3, "Reports to Senior Post", "David Kennedy would report to themselves")]
    for name in ("cabinet_office-2011-03-31", "department_of_education-2011-09-30", "department_of_health-2011-03-31"):
        path = folder / f"{name}-senior.csv"
        _, *rows = rows_of(path)
        header = rows_of(path)[0]
        found = await faults(bring, path)
        kinds = Counter((column, problem.split()[0]) for _, column, problem in found)
        nameless = sum(not row[header.index("Name")].strip() for row in rows)
        assert kinds["Name", "there"] == nameless
        posts = [row[header.index("Post Unique Reference")].strip() for row in rows]
        for row, column, problem in found:
            cell = rows[row - 2][header.index(column)]
            if problem.startswith("nobody is known as"):
                assert cell.strip() not in posts, "who has a row is known, whatever else is wrong with it"
            elif problem.endswith("already"):
                assert cell.strip().casefold() in {post.casefold() for post in posts[: row - 2]}
    assert await bring.organisation.log.reader.head() == head


async def test_what_is_mended_comes_in(bring: Bringing) -> None:
    folder = shared_data("org-uk-organograms")
    path = folder / "department_of_health-2011-09-30-senior.csv"
    await bring.level()
    [(row, _, _)] = await faults(bring, path)
    header, *rows = rows_of(path)
    rows[row - 2][header.index("Reports to Senior Post")] = ""
    mended = bring.folder / "mended.csv"
    with mended.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    done = await bring.importing.apply(open_table(mended), POSTS, ROOT, untold)
    assert done.counts == {"joins": len(rows)}
    units = {each[header.index("Unit")].strip() for each in rows} - {""}
    assert done.departments >= len(units)
    [(reporting,)] = await bring.query("SELECT count(*) FROM {person} WHERE reports_to_id IS NOT NULL")
    assert reporting == sum(bool(each[header.index("Reports to Senior Post")].strip()) for each in rows)


def teams(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each team, by the names of those above it and its own, with each of its people: of the YAML that the project keeps."""
    path: list[tuple[int, str]] = []
    for line in text.splitlines():
        found = re.fullmatch(r"( *)(?:([\w.-]+):|- ([\w-]+))\s*", line)
        if not found:
            continue
        depth, key, member = len(found[1]), found[2], found[3]
        while path and path[-1][0] >= depth + (1 if member else 0):
            path.pop()
        if member and path and path[-1][1] in ("members", "maintainers"):
            yield tuple(key for _, key in path[:-1] if key != "teams"), member
        elif key:
            path.append((depth, key))


async def test_a_project_with_teams_within_teams(bring: Bringing) -> None:
    folder = shared_data("org-kubernetes") / "org-2024-01-01" / "config"
    places: dict[str, list[str]] = {}
    for file in sorted(folder.rglob("teams.yaml")):
        above = file.relative_to(folder).parts[:-1]
        for team, member in teams(file.read_text()):
            places.setdefault(member.casefold(), []).append("/".join((*above, *team)))
    rows = [f"{who},{who},{where[0]},{'; '.join(dict.fromkeys(where[1:]))}" for who, where in places.items()]
    header = "Employee number,Name,Department,Further departments"
    done = await bring.apply(*rows, header=header)
    assert done.counts == {"joins": len(places)}
    memberships = sum(len(set(where)) for where in places.values())
    assert await bring.query("SELECT count(*) FROM {department_membership}") == [(memberships,)]
    assert len(places) > 500
    assert done.departments > 300
    assert (await bring.apply(*rows, header=header)).events == 0
    assert ALL.leavers
